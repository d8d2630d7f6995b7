"""`make matrix` runs the chapters in every environment of the machine, and reports the missing ones."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

INSTALL = """\
#!/bin/sh
mkdir -p "$VENV/bin"
cp stubs/python stubs/docweave "$VENV/bin"
"""
PYTHON = """\
#!/bin/sh
case "$*" in *"'torch'"*) exit 1 ;; esac
"""
DOCWEAVE = """\
#!/bin/sh
echo "$0 $* $PYTHONPATH" >>said
[ "$BREAKS" != "$3" ]
"""


@pytest.fixture
def matrix(tmp_path):
    """Runs the script on a machine with only Python 3.12 and without PyTorch; BREAKS names a failing backend."""
    for name in ("pyproject.toml", "requirements/matrix"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    stubs = {"requirements/install": INSTALL, "stubs/python": PYTHON, "stubs/docweave": DOCWEAVE, "path/python3.12": PYTHON}
    for version in ("3.11", "3.13"):
        stubs[f"path/python{version}"] = "#!/bin/sh\nexit 127\n"
    for name, text in stubs.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    def run(**environment):
        path = f"{tmp_path / 'path'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [tmp_path / "requirements/matrix"],
            env=os.environ | environment | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        return done, (tmp_path / "said").read_text().splitlines()

    return run


def test_every_backend_runs_with_the_locked_and_the_oldest_keras(matrix):
    done, said = matrix()
    assert done.returncode == 0, done.stderr
    assert [line.split()[2:4] for line in said] == [["--backend", backend] for backend in ("tensorflow", "jax")] * 2
    assert all(line.startswith(".cache/matrix/3.12/bin/docweave verify") for line in said)
    assert [".cache/matrix/3.12/keras/oldest" in line for line in said] == [False, False, True, True]


def test_missing_environments_are_reported(matrix):
    done, _ = matrix()
    for line in ("Python 3.11: not on this machine", "Python 3.13: not on this machine", "Python 3.12: no torch"):
        assert line in done.stdout.splitlines()


def test_a_failing_chapter_fails_the_matrix_after_the_others_have_run(matrix):
    done, said = matrix(BREAKS="tensorflow")
    assert done.returncode == 1
    assert len(said) == 4
