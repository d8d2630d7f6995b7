import json
import multiprocessing
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from docweave import outputs
from docweave.cells import read_chapter
from docweave.errors import WeaveError
from docweave.outputs import Output, Record, code_hashes, installed_versions, is_current, older_keras, read_record, write_record

OLD = Record({"keras": "3.15.1"}, {"greet": "0123456789abcdef"}, {"greet": Output("old\n"), "gone": Output("gone\n")})
NEW = replace(OLD, cells={"greet": Output("new\n")})


@pytest.fixture
def chapter(tmp_path):
    """Reads a text as a snippet file."""

    def read(text):
        path = tmp_path / "first_steps.py"
        path.write_text(text, "utf-8")
        return read_chapter(path)

    return read


@pytest.fixture
def folder(tmp_path):
    """Recorded outputs of an earlier run."""
    write_record(tmp_path / "outputs" / "first_steps", OLD)
    return tmp_path / "outputs" / "first_steps"


def interrupted(*arguments, **options):
    raise KeyboardInterrupt


def test_a_record_survives_writing_and_reading(tiny):
    for name in ("greetings", "drawings"):
        record = tiny.project.records[name]
        write_record(tiny.root / "copy", record)
        assert read_record(tiny.root / "copy") == record
    assert record.diagrams["model"].layout and record.cells["plot"].plots


def test_line_ends_and_other_scripts_are_recorded_unchanged(tmp_path):
    record = Record(cells={"greet": Output("über\r\nи всё\n\n", "ValueError: 名\n")})
    write_record(tmp_path / "outputs", record)
    assert read_record(tmp_path / "outputs") == record


def test_recorded_outputs_are_small_files_that_a_reviewer_can_read(folder):
    assert (folder / "greet.txt").read_text() == "old\n"
    assert json.loads((folder / "record.json").read_text())["versions"] == {"keras": "3.15.1"}


def test_recording_again_removes_the_old_outputs(folder):
    write_record(folder, NEW)
    assert sorted(os.listdir(folder)) == ["greet.txt", "record.json"]
    assert os.listdir(folder.parent) == ["first_steps"]


def test_without_outputs_there_is_no_record(tmp_path):
    assert read_record(tmp_path / "nothing") is None


def test_a_cell_without_output_has_an_empty_one(chapter):
    cell = chapter("# %% quiet\nx = 1\n")["quiet"]
    assert OLD.output(cell) == Output()


# --- interrupted ---


@pytest.mark.parametrize("step", ["_write_output", "_write", "shutil.rmtree"])
def test_a_record_interrupted_during_writing_leaves_the_old_one(folder, monkeypatch, step):
    target, name = (shutil, "rmtree") if "." in step else (outputs, step)
    monkeypatch.setattr(target, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_record(folder, NEW)
    assert read_record(folder) == OLD


@pytest.mark.parametrize("renames", [0, 1])
def test_a_record_interrupted_between_writing_and_renaming_leaves_the_old_one(folder, monkeypatch, renames):
    rename, done = Path.rename, []

    def rename_some(path, target):
        if len(done) == renames:
            raise KeyboardInterrupt
        done.append(target)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_some)
    with pytest.raises(KeyboardInterrupt):
        write_record(folder, NEW)
    assert read_record(folder) == OLD

    # Even a second interruption does not lose it, and remains of the first do no harm.
    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_record(folder, NEW)
    assert read_record(folder) == OLD
    monkeypatch.undo()
    write_record(folder, NEW)
    assert read_record(folder) == NEW
    assert os.listdir(folder.parent) == ["first_steps"]


def killed_while_writing(folder):
    outputs._write_output = lambda *arguments: os.kill(os.getpid(), signal.SIGKILL)
    write_record(folder, NEW)


def test_a_record_whose_process_is_killed_leaves_the_old_one(folder):
    process = multiprocessing.get_context("fork").Process(target=killed_while_writing, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert read_record(folder) == OLD


# --- unreadable ---


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("record.json", "{"),
        ("record.json", "{}"),
        ("record.json", "[]"),
        ("record.json", '{"outputs": []}'),
        ("greet.txt", None),
    ],
)
def test_unreadable_outputs_are_refused_with_the_command_to_fix_them(folder, file, text):
    (folder / file).unlink()
    if text is not None:
        (folder / file).write_text(text)
    with pytest.raises(
        WeaveError, match=r"record.json: unreadable recorded outputs .*: run `docweave run --record --force first_steps`"
    ):
        read_record(folder)


def test_an_unreadable_diagram_is_refused_with_its_file(tiny):
    tiny.write("snippets/outputs/drawings/model.diagram.json", "{}")
    with pytest.raises(WeaveError, match=r"model\.diagram\.json: not a recorded diagram"):
        tiny.project.records


# --- the need for a new run ---

TWO_CELLS = "# %% one\nx = 1\n\n# %% two\ny = 2\n"


def test_a_changed_cell_changes_its_hash_and_all_later_ones(chapter):
    before = code_hashes(chapter(TWO_CELLS))
    after = code_hashes(chapter(TWO_CELLS.replace("y = 2", "y = 3")))
    assert (before["one"] == after["one"], before["two"] == after["two"]) == (True, False)
    earlier = code_hashes(chapter(TWO_CELLS.replace("x = 1", "x = 3")))
    assert (before["one"] == earlier["one"], before["two"] == earlier["two"]) == (False, False)


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("x = 1", "x = 1  # why", False),
        ("x = 1", "x  =  1", False),
        ("one", "uno", True),
        ("# %% one", '# %% one tags=["slow"]', True),
    ],
)
def test_hashes_depend_on_names_and_tags_but_not_on_comments_and_spaces(chapter, old, new, changes):
    hashes = [list(code_hashes(chapter(text)).values()) for text in (TWO_CELLS, TWO_CELLS.replace(old, new))]
    assert (hashes[0] != hashes[1]) is changes


def test_a_record_of_the_same_code_and_versions_is_current(chapter):
    read = chapter(TWO_CELLS)
    record = Record(installed_versions(), code_hashes(read))
    assert is_current(read, record)
    assert not is_current(read, replace(record, versions={"keras": "3.0"}))
    assert not is_current(read, replace(record, code={"one": "0"}))
    assert not is_current(read, Record())


@pytest.fixture
def install(tmp_path, monkeypatch):
    """A machine on which only the packages that a test installs are installed."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.setattr("sys.prefix", str(tmp_path))

    def install(package, version, folder=""):
        metadata = tmp_path / folder / f"{package.replace('-', '_')}-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")

    return install


def test_both_tensorflow_packages_have_one_name_and_missing_ones_are_omitted(install):
    install("keras", "3.15.1")
    install("tensorflow-cpu", "2.21.0")
    assert installed_versions() == {"keras": "3.15.1", "tensorflow": "2.21.0"}


def test_a_chapter_for_an_older_keras_gets_its_version(install):
    install("keras", "3.15.1")
    install("numpy", "2.4.6")
    install("keras", "3.6.0", folder=older_keras("3.6"))
    assert installed_versions(keras="3.6") == {"keras": "3.6.0", "numpy": "2.4.6"}
    assert installed_versions() == {"keras": "3.15.1", "numpy": "2.4.6"}


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("ValueError: no: number\n", "ValueError"),
        ("keras.src.errors.OpError: two\nlines: of text\n", "OpError"),
        ("KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("", ""),
    ],
)
def test_an_error_is_named_by_its_type(error, name):
    assert Output(error=error).raises == name


def test_the_versions_of_another_backend_replace_those_of_tensorflow(install):
    for package in ("keras", "numpy", "matplotlib", "tensorflow", "jax"):
        install(package, f"1.{len(package)}")
    assert installed_versions("jax") == {name: f"1.{len(name)}" for name in ("keras", "numpy", "matplotlib", "jax")}
