"""The commands in README and CONTRIBUTING work: every block is run, in a copy of the repository."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from pytest_codeblocks import extract_from_file

from docweave.cells import read_chapters

ROOT = Path(__file__).parents[1]
FILES = ["README.md", "CONTRIBUTING.md"]

# These would run the tests recursively, take as long, or change the code or the locks: make only prints the commands.
ONLY_SAID = re.compile(r"make (format|lint|test|outputs|matrix|bench|lock)\b")
# For the same reasons, pytest only lists the tests.
ONLY_LISTED = re.compile(r"pytest\b")
# A diagram in characters, for people.
PICTURE = "text"

BLOCKS = [
    pytest.param(name, block, id=f"{name}:{block.lineno}")
    for name in FILES
    for block in extract_from_file(ROOT / name)
    if block.syntax != PICTURE
]


@pytest.fixture
def copy(tmp_path):
    """A copy as by git clone, but with uncommitted changes, and with this repository's history and virtual environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    folder = tmp_path / "copy"
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    if (ROOT / ".git").is_dir():  # not in a git worktree, whose history is elsewhere
        shutil.copytree(ROOT / ".git", folder / ".git", symlinks=True)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest.fixture
def environment():
    """The environment of a reader's shell after `. .venv/bin/activate`, on a machine without a screen."""
    return {
        **os.environ,
        "MPLBACKEND": "agg",
        "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ["PATH"]]),
    }


def as_run(line):
    """Return the form in which a line of a shell block is run here."""
    if ONLY_SAID.match(line):
        line = line.replace("make", "make --dry-run", 1)
    elif ONLY_LISTED.match(line):
        line = f"{line} --collect-only --quiet"
    # The copy shares this virtual environment: make must not install the copy into it.
    return re.sub(r"^make ", "make --old-file=.venv/site --old-file=.venv/tests ", line)


@pytest.mark.parametrize("name", FILES)
def test_no_block_is_overlooked(name):
    fences = re.findall(r"^\s*(?:>\s*)*(`{3,}|~{3,})", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert len(extract_from_file(ROOT / name)) * 2 == len(fences)


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_a_block_runs(name, block, copy, environment):
    if block.syntax == "sh":
        for line in block.code.splitlines():
            if line == "make serve":
                serve_and_fetch(as_run(line), copy, environment)
            else:
                run(["bash", "-c", as_run(line)], copy, environment)
    elif block.syntax == "python":
        script = copy / "example" / "example.py"
        script.parent.mkdir()
        script.write_text(block.code, "utf-8")
        assert read_chapters(script.parent), "the example has no cells"
        run([sys.executable, str(script)], copy, environment)
    else:
        pytest.fail(f"{name}:{block.lineno}: a block of “{block.syntax}” is not run; expected sh, python or {PICTURE}")


def run(command, folder, environment):
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[-1]} exits with {done.returncode}:\n{done.stdout}"


def serve_and_fetch(line, folder, environment):
    """Start a server, fetch the page it announces, and stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["bash", "-c", line],
        cwd=folder,
        env={**environment, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    patience = threading.Timer(300, os.killpg, [server.pid, signal.SIGKILL])
    patience.start()
    said = []
    try:
        for said_line in server.stdout:
            said.append(said_line)
            if announced := re.search(rf"Serving on (http://127\.0\.0\.1:{port}/\S*)", said_line):
                break
        else:
            pytest.fail(f"{line} serves nothing:\n{''.join(said)}")
        with urllib.request.urlopen(announced[1], timeout=60) as response:
            assert "<html" in response.read().decode()
    finally:
        patience.cancel()
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)  # where tests run in the background, SIGINT is ignored
        server.communicate(timeout=60)
