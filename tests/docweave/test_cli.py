import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import entry_points, version

import pytest
from click.testing import CliRunner

import docweave.running.run
from docweave.cli import main
from docweave.errors import WeaveError
from docweave.outputs import Output, Record, code_hashes, installed_versions, read_record, write_record
from tests.docweave.sites import MKDOCS
from tests.programs import require

COMMANDS = ("check", "comments", "noise", "run", "stamp", "status", "verify", "weave")


def docweave_command(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def command(tiny):
    """Runs `docweave` in the tiny project."""
    return lambda *arguments: docweave_command("--root", tiny.root, *arguments)


class Runs(dict):
    """The results of runs that differ from the records, by chapter, and the runs that were requested."""

    def __init__(self):
        super().__init__()
        self.asked = []


@pytest.fixture
def ran(tiny, monkeypatch):
    """Replaces the running of cells, so that no test here needs Keras."""
    runs = Runs()

    def run_chapters(chapters, short=False):
        runs.asked.append(([chapter.name for chapter in chapters], short))
        for chapter in chapters:
            given = runs.get(chapter.name) or tiny.project.records[chapter.name]
            if isinstance(given, BaseException):
                raise given
            yield chapter, replace(given, code=code_hashes(chapter), versions=installed_versions())

    monkeypatch.setattr(docweave.running.run, "run_chapters", run_chapters)
    monkeypatch.setattr(docweave.running.run, "measured", lambda chapter, shown: shown)
    return runs


def test_the_command_is_installed_as_docweave():
    (command,) = entry_points(group="console_scripts", name="docweave")
    assert command.load() is main


# --- help and exit codes ---


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_command_in_one_line(option):
    result = docweave_command(option)
    assert result.exit_code == 0
    listed = [line.split()[0] for line in result.stdout.partition("Commands:\n")[2].splitlines()]
    assert listed == list(COMMANDS)
    assert "exits with status 0" in " ".join(result.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_its_own_help(name):
    result = docweave_command(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["chekc"],
        ["run", "--recrod"],
        ["--root", "no/such/folder", "check"],
        ["stamp"],
        ["weave"],
        ["run", "--record", "--short"],
    ],
)
def test_a_misspelled_command_exits_with_2_and_the_reason(arguments):
    result = docweave_command(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_an_authors_mistake_is_one_line_and_exits_with_1(tiny, command):
    tiny.replace("snippets/greetings.py", "hands = 1", "hands = (1")
    result = command("run")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "snippets/greetings.py:12: does not parse: '(' was never closed\n"


def test_a_folder_that_is_not_a_project_is_reported(tmp_path):
    result = docweave_command("--root", tmp_path, "status")
    assert result.exit_code == 1
    assert result.stderr.startswith("docs: there are no pages in docs/en/")


# --- check ---


def test_check_of_a_correct_project_exits_with_0(command):
    result = command("check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing to fix.\n")


def test_check_reports_everything_to_fix_and_the_count(tiny, command):
    tiny.replace("snippets/greetings.py", "one on each side", "left and right")
    result = command("check")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        "docs/ru/comments.po",
        "docs/zh-Hant/comments.po",
    ]
    assert result.stderr == "2 to fix\n"


# --- run ---


def test_a_run_compares_every_chapter_and_reports_its_progress(command, ran):
    result = command("run")
    assert result.exit_code == 0
    assert result.stdout == "drawings: 0 differences (1 of 2)\ngreetings: 0 differences (2 of 2)\n"
    assert result.stderr == "Running drawings, greetings: Keras is imported once …\n"


@pytest.mark.parametrize("name", ["greetings", "snippets/greetings.py", "docs/en/greetings.md"])
def test_a_run_of_one_chapter_runs_that_chapter(command, ran, name):
    assert command("run", name, "--short").exit_code == 0
    assert ran.asked == [(["greetings"], True)]


def test_a_chapter_is_found_by_the_hyphenated_name_of_its_page(tiny, command, ran):
    tiny.write("snippets/two_words.py", "# %% one\nx = 1\n")
    command("run", "two-words")
    assert ran.asked == [(["two_words"], False)]


def test_an_unknown_chapter_is_refused_before_anything_runs(command, ran):
    result = command("run", "greeting")
    assert result.exit_code == 1
    assert result.stderr == "there is no chapter “greeting” in snippets/. Did you mean “greetings”?\n"
    assert ran.asked == []


def test_a_run_with_a_difference_shows_it_and_exits_with_1(tiny, command, ran):
    record = tiny.project.records["greetings"]
    ran["greetings"] = replace(record, cells={**record.cells, "count": Output("3\n")})
    result = command("run")
    assert result.exit_code == 1
    assert "snippets/greetings.py:12: the cell “count” gave something else than is recorded" in result.stdout
    assert "-2\n+3\n" in result.stdout
    assert "greetings: 1 differences (2 of 2)\n" in result.stdout
    assert read_record(tiny.project.outputs / "greetings") == record


def test_a_chapter_that_was_never_recorded_is_reported(tiny, command, ran):
    tiny.write("snippets/fresh.py", "# %% one\nx = 1\n")
    result = command("run", "fresh")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "snippets/fresh.py:1: the chapter “fresh” has no recorded outputs: `docweave run --record fresh`"
    )


def test_recording_without_changes_runs_nothing(command, ran):
    result = command("run", "--record")
    assert result.exit_code == 0
    assert result.stdout == "drawings: nothing has changed\ngreetings: nothing has changed\n"
    assert ran.asked == []


def test_recording_runs_only_the_changed_chapter(tiny, command, ran):
    tiny.replace("snippets/greetings.py", "hands = 1 + 1", "hands = 2 + 1")
    ran["greetings"] = Record(cells={"count": Output("3\n")})
    result = command("run", "--record")
    assert result.exit_code == 0
    assert result.stdout == "drawings: nothing has changed\ngreetings: recorded (1 of 1)\n"
    assert ran.asked == [(["greetings"], False)]
    assert tiny.project.records["greetings"].cells == {"count": Output("3\n")}
    assert command("run", "--record").stdout.count("nothing has changed") == 2


def test_recording_also_verifies_the_chapter_here_and_today(tiny, command, ran):
    command("run", "--record", "--force", "greetings")
    (run,) = tiny.project.verified["greetings"]
    assert (run.backend, run.keras, run.differs) == ("tensorflow", version("keras"), {})
    assert run.day == datetime.now(UTC).date().isoformat()


def test_recording_by_force_runs_unchanged_chapters_too(command, ran):
    command("run", "--record", "--force", "greetings")
    assert ran.asked == [(["greetings"], False)]


def test_models_are_laid_out_when_recorded(tiny, command, ran):
    require("Graphviz")
    record = tiny.project.records["drawings"]
    ran["drawings"] = replace(record, diagrams={"model": replace(record.diagrams["model"], layout=None)})
    assert command("run", "--record", "--force", "drawings").exit_code == 0
    assert tiny.project.records["drawings"].diagrams["model"].layout


def test_the_command_named_in_the_error_repairs_unreadable_outputs(tiny, command, ran):
    ran["greetings"] = tiny.project.records["greetings"]
    tiny.write("snippets/outputs/greetings/record.json", "{")
    result = command("run", "greetings")
    assert result.exit_code == 1
    arguments = result.stderr.partition("run `docweave ")[2].partition("`")[0].split()
    assert command(*arguments).exit_code == 0
    assert command("check").exit_code == 0


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), WeaveError("no")], ids=["interrupted", "mistake"])
def test_an_interrupted_recording_keeps_new_and_old_records(tiny, command, ran, interruption):
    before = tiny.project.records["greetings"]
    ran["drawings"] = Record(cells={"plot": Output("new\n")})
    ran["greetings"] = interruption
    assert command("run", "--record", "--force").exit_code == 1
    assert tiny.project.records["drawings"].cells["plot"] == Output("new\n")
    assert tiny.project.records["greetings"] == before


# --- noise ---


@pytest.fixture
def noisy(tiny):
    """The tiny project with a noisy number."""
    record = tiny.project.records["greetings"]
    numbers = {"count": {"plain": [0.25], "one thread": [0.26], "SSE4": [0.24]}}
    write_record(
        tiny.project.outputs / "greetings", replace(record, cells={**record.cells, "count": Output("0.2\n")}, numbers=numbers)
    )


def test_noise_shows_the_spread_of_each_number_absolutely_and_relatively(command, noisy):
    result = command("noise")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()[1:]] == [["greetings.count", "0.2", "1.0e-02", "10%"]]


def test_noise_shows_how_many_numbers_the_other_settings_cover(command, noisy):
    result = command("noise", "greetings", "--evidence")
    rows = {line[:16].strip(): line[16:].split() for line in result.stdout.splitlines()[1:]}
    assert rows["one thread"] == rows["SSE4"] == ["1", "1"]
    assert rows["without oneDNN"] == ["0", "0"]


# --- verify ---


@pytest.fixture
def environment(tiny, monkeypatch):
    """Replaces the running of cells: each chapter gives its record, or the record set by a test, with these versions."""
    given = {}
    versions = {"keras": "3.15.1", "tensorflow": "2.21.0", "jax": "0.10.2"}

    def run_under(chapter, settings, short):
        (setting,) = settings
        fresh = given.get(chapter.name) or tiny.project.records[chapter.name]
        if isinstance(fresh, WeaveError):
            raise fresh
        yield setting, replace(fresh, versions=versions)

    monkeypatch.setattr(docweave.running.run, "run_under", run_under)
    return given


def test_a_run_on_a_backend_is_stored(tiny, command, environment):
    record = tiny.project.records["greetings"]
    environment["greetings"] = replace(record, cells={**record.cells, "count": Output("3\n")})
    result = command("verify", "--backend", "jax")
    assert (result.exit_code, result.stdout) == (
        0,
        "drawings: ran on jax; 0 of 1 cells differ\ngreetings: ran on jax; 1 of 3 cells differ\n",
    )
    (run,) = tiny.project.verified["greetings"]
    assert (run.backend, run.version, run.differs) == ("jax", "0.10.2", {"count": Output("3\n")})


def test_a_chapter_for_one_backend_is_not_run_on_another(tiny, command, environment):
    tiny.write("snippets/greetings_torch.py", "# %% one\nx = 1\n")
    assert "greetings_torch" not in command("verify", "--backend", "jax").stdout


def test_a_chapter_for_an_older_keras_is_not_run_with_another(tiny, command, environment):
    tiny.write("snippets/keras_3_6.py", "# %% one\nx = 1\n")
    assert "keras_3_6" not in command("verify").stdout


def test_a_failing_chapter_is_reported_and_the_others_are_stored(tiny, command, environment):
    environment["greetings"] = WeaveError("no", tiny.path("snippets/greetings.py"), 3)
    result = command("verify")
    assert result.exit_code == 1
    assert "snippets/greetings.py:3: no\n" in result.stdout
    assert list(tiny.project.verified) == ["drawings"]


def test_a_difference_under_the_recorded_versions_is_a_failure(tiny, command, environment):
    record = replace(tiny.project.records["greetings"], versions={"keras": "3.15.1", "tensorflow": "2.21.0"})
    write_record(tiny.project.outputs / "greetings", record)
    environment["greetings"] = replace(record, cells={**record.cells, "count": Output("3\n")})
    result = command("verify", "greetings")
    assert result.exit_code == 1
    assert "snippets/greetings.py:12: the cell “count” gave something else than is recorded:\n" in result.stdout
    assert "-2\n+3\n" in result.stdout
    assert tiny.project.verified == {}


# --- weave ---


def test_weave_writes_a_folder_of_plain_markdown_for_each_language(tiny, command, tmp_path):
    folder = tmp_path / "build" / "woven"
    result = command("weave", folder)
    assert result.exit_code == 0
    assert result.stdout == "en: 2 pages\nru: 2 pages\nzh-Hant: 2 pages\n"
    written = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))
    assert written == [f"{locale}/{name}.md" for locale in ("en", "ru", "zh-Hant") for name in ("greetings", "index")]
    page = (folder / "ru" / "greetings.md").read_text("utf-8")
    assert "```python\n# сначала здороваемся,\n" in page and "@@docweave" not in page
    assert os.listdir(folder.parent) == ["woven"]


def test_weave_fills_an_empty_folder(command, tmp_path, monkeypatch):
    (tmp_path / "woven").mkdir()
    monkeypatch.chdir(tmp_path / "woven")
    assert command("weave", ".").exit_code == 0
    assert (tmp_path / "woven" / "en" / "index.md").exists()


def test_weave_refuses_a_folder_that_is_not_empty(tiny, command):
    tiny.write("woven/mine.txt", "mine")
    result = command("weave", tiny.root / "woven")
    assert result.exit_code == 1
    assert result.stderr == "woven: the folder is not empty: nothing was written\n"
    assert os.listdir(tiny.path("woven")) == ["mine.txt"]


def test_weave_never_overwrites_a_file(tiny, command):
    tiny.write("woven", "mine")
    assert command("weave", tiny.root / "woven").exit_code == 2
    assert tiny.read("woven") == "mine"


def test_weave_leaves_no_folder_after_an_error(tiny, command, tmp_path):
    tiny.replace("docs/ru/greetings.md", "::: greetings.fail", "::: greetings.fial")
    result = command("weave", tmp_path / "woven")
    assert result.exit_code == 1
    assert result.stderr.startswith("docs/ru/greetings.md:18: there is no cell “fial”")
    assert not (tmp_path / "woven").exists()
    tiny.replace("docs/ru/greetings.md", "::: greetings.fial", "::: greetings.fail")
    assert command("weave", tmp_path / "woven").exit_code == 0


# --- status ---


def test_status_of_complete_translations_exits_with_0(command):
    result = command("status")
    assert (result.exit_code, result.stdout) == (0, "ru: complete\nzh-Hant: complete\n")


def test_status_lists_everything_missing_in_a_language(tiny, command):
    tiny.path("docs/ru/greetings.md").unlink()
    tiny.write("theme/main.html", tiny.read("theme/main.html").replace("Edit this page", "Fix this page"))
    sections = tiny.read("docs/ru/index.md").partition("sections:\n")[2].partition("---")[0]
    tiny.replace("docs/ru/index.md", f"sections:\n{sections}", "")
    result = command("status", "ru")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "ru:",
        "  page missing: greetings.md",
        "  not translated, or not stamped: index#start",
        "  not translated, or not stamped: index#curves",
        "  docs/ru/comments.po: no translation of “Fix this page” (site)",
    ]


def test_status_shows_the_change_in_the_english_of_a_stale_section(tiny, command):
    def git(*arguments):
        options = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *options, *arguments], cwd=tiny.root, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "--message", "first")
    tiny.replace("docs/en/index.md", "Welcome.", "Welcome, reader.")
    git("commit", "--all", "--message", "second")
    result = command("status", "ru")
    assert result.exit_code == 1
    assert result.stdout.startswith("ru:\n  stale: index#start\n    --- translated from\n    +++ now\n")
    assert "\n    -Welcome.\n    +Welcome, reader.\n" in result.stdout


def test_status_of_an_unknown_language_exits_with_1(command):
    result = command("status", "rus")
    assert (result.exit_code, result.stderr) == (1, "there is no translation “rus” in docs/. Did you mean “ru”?\n")


# --- stamp ---


def test_stamp_marks_the_sections_of_a_page(tiny, command):
    tiny.replace("docs/en/index.md", "Welcome.", "Welcome, reader.")
    result = command("stamp", "ru/index.md")
    assert (result.exit_code, result.stdout) == (0, "stamped: start\n")
    assert command("status", "ru").exit_code == 0


def test_stamp_with_nothing_to_do_says_so(command):
    assert command("stamp", "docs/ru/index.md", "start").stdout == "nothing to stamp: every stamp is up to date\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rus/index.md"], "“rus/index.md” is not a page: expected `language/page.md`. Did you mean “ru”?"),
        (["index.md"], "“index.md” is not a page: expected `language/page.md`. There are: en, ru, zh-Hant."),
        (["ru/indx.md"], "there is no page “indx” in docs/ru/. Did you mean “index”?"),
        (
            ["ru/index.md", "stat"],
            "docs/ru/index.md:1: the two languages have no section “stat” in common. Did you mean “start”?",
        ),
        (
            ["en/index.md"],
            "docs/en/index.md:1: only a translated page can be stamped, and it must have an English page of the same name",
        ),
    ],
)
def test_a_page_or_section_that_cannot_be_stamped_is_refused(command, arguments, message):
    result = command("stamp", *arguments)
    assert (result.exit_code, result.stderr) == (1, f"{message}\n")


def test_stamp_refuses_a_section_equal_to_its_english(tiny, command):
    tiny.write("docs/ru/index.md", tiny.read("docs/en/index.md"))
    result = command("stamp", "ru/index.md")
    assert result.exit_code == 1
    assert result.stderr == "docs/ru/index.md:5: the section “start” still equals its English: translate it first\n"
    assert tiny.read("docs/ru/index.md") == tiny.read("docs/en/index.md")


# --- comments ---


def test_comments_brings_every_catalogue_up_to_date_and_keeps_translations(tiny, command):
    tiny.replace("snippets/greetings.py", "one on each side", "left and right")
    result = command("comments")
    assert result.exit_code == 0
    count = len(tiny.project.messages)
    assert result.stdout == "".join(
        f"docs/{locale}/comments.po: {count} messages, 1 to translate\n" for locale in ("ru", "zh-Hant")
    )
    assert tiny.project.catalogs["ru"]("step") == "шаг"
    assert 'msgid "left and right"\n' in tiny.read("docs/ru/comments.po")


def test_running_comments_twice_does_not_change_a_byte(tiny, command):
    command("comments")
    before = tiny.path("docs/ru/comments.po").read_bytes()
    command("comments")
    assert tiny.path("docs/ru/comments.po").read_bytes() == before


def test_comments_creates_the_catalogue_of_a_new_language(tiny, command):
    tiny.write("docs/es/index.md", tiny.read("docs/en/index.md"))
    result = command("comments")
    count = len(tiny.project.messages)
    assert f"docs/es/comments.po: {count} messages, {count} to translate\n" in result.stdout
    assert "#: greetings.count\n" in tiny.read("docs/es/comments.po")


def test_comments_leaves_a_catalogue_with_a_syntax_error_unchanged(tiny, command):
    tiny.replace("docs/ru/comments.po", 'msgstr "шаг"', 'msgstr "шаг')
    before = tiny.read("docs/ru/comments.po")
    result = command("comments")
    assert result.exit_code == 1
    assert result.stderr.startswith("docs/ru/comments.po:")
    assert tiny.read("docs/ru/comments.po") == before


def test_check_finds_problems_that_would_stop_the_build(tiny, command):
    tiny.write("mkdocs.yml", MKDOCS)
    tiny.replace("docs/ru/index.md", "Добро пожаловать.", "Добро _пожаловать_.")
    result = command("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("docs/ru/index.md:10: the notebook would have")
