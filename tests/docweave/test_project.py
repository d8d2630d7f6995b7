import pytest

from docweave.errors import WeaveError
from docweave.project import Project
from docweave.tree import Directive


def test_languages_are_the_folders_with_pages_english_first(tiny):
    tiny.write("docs/assets/site.css", "")
    tiny.write("docs/ca/index.md", tiny.read("docs/en/index.md"))
    assert tiny.project.languages == ("en", "ca", "ru", "zh-Hant")
    assert tiny.project.translations == ("ca", "ru", "zh-Hant")


def test_a_language_without_a_first_page_is_still_a_language(tiny):
    tiny.path("docs/ru/index.md").unlink()
    assert "ru" in tiny.project.languages


def test_a_folder_without_english_pages_is_not_a_project(tmp_path):
    with pytest.raises(WeaveError, match=r"docs: there are no pages in docs/en/: expected a project with docs/ and snippets/"):
        Project(tmp_path).pages


def test_chapters_pages_and_catalogues_are_read_by_name(tiny):
    project = tiny.project
    assert list(project.chapters) == ["drawings", "greetings"]
    assert list(project.pages["ru"]) == ["greetings", "index"]
    assert project.pages["ru"]["index"].locale == "ru"
    assert project.records["greetings"].cells["count"].text == "2\n"
    assert project.catalogs["ru"]("step") == "шаг"


def test_a_chapter_that_was_never_run_has_an_empty_record(tiny):
    tiny.write("snippets/fresh.py", "# %% one\nx = 1\n")
    assert tiny.project.records["fresh"].code == {}


def test_a_page_in_a_deeper_folder_is_refused(tiny):
    tiny.write("docs/ru/guide/more.md", tiny.read("docs/ru/index.md"))
    with pytest.raises(WeaveError, match=r"docs/ru/guide/more.md: a page must be directly in the folder of its language"):
        tiny.project.pages


def test_messages_are_comments_texts_in_plots_and_phrases_with_their_places(tiny):
    places = {message.text: message.places for message in tiny.project.messages}
    assert places["say hello first,\nthen go on"] == ("greetings.greet",)
    assert places["a name is no number"] == ("greetings.fail",)
    assert places["step"] == ("drawings.plot",)
    assert places["Show the code"] == places["Edit this page"] == ("site",)


def test_a_comment_used_in_several_cells_is_translated_once(tiny):
    tiny.replace("snippets/greetings.py", "one on each side", "a name is no number")
    places = {message.text: message.places for message in tiny.project.messages}
    assert places["a name is no number"] == ("greetings.fail", "greetings.count")


@pytest.mark.parametrize(
    ("chapter", "cell", "message"),
    [
        ("greeting", "greet", "there is no chapter “greeting” in snippets/. Did you mean “greetings”?"),
        ("greetings", "gret", "there is no cell “gret” in snippets/greetings.py. Did you mean “greet”?"),
        ("greetings", "xyz", "there is no cell “xyz” in snippets/greetings.py. There are: count, fail, greet."),
    ],
)
def test_an_unknown_chapter_or_cell_is_refused_with_the_nearest_name(tiny, chapter, cell, message):
    project = tiny.project
    with pytest.raises(WeaveError) as caught:
        project.cell(Directive(9, 9, chapter, cell), project.pages["en"]["greetings"])
    assert str(project.relative(caught.value)) == f"docs/en/greetings.md:9: {message}"


@pytest.mark.parametrize(
    ("path", "shown"),
    [("docs/en/index.md", "docs/en/index.md:3: wrong"), ("/elsewhere/x.md", "/elsewhere/x.md:3: wrong"), (None, "wrong")],
)
def test_errors_have_paths_relative_to_the_project(tiny, path, shown):
    error = WeaveError("wrong", tiny.root / path if path else None, 3 if path else None)
    assert str(tiny.project.relative(error)) == shown
