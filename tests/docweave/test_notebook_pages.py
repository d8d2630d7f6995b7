"""Notebooks as pages of a site built by MkDocs, static-i18n and mkdocs-jupyter together."""

import json
import re
import shutil
import zipfile

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from docweave.notebooks.downloads import course_name, downloads, packed
from tests.docweave.sites import MKDOCS

WITH_NOTEBOOKS = MKDOCS.replace(
    "  - docweave\n",
    """\
  - mkdocs-jupyter:
      include: ["*.ipynb"]
      include_source: true
  - docweave
""",
).replace('  - toc: {permalink: "#"}\n', "")  # so that a page has no links except those to files


@pytest.fixture
def tiny(tiny, monkeypatch):
    """The tiny project in two languages, with a drawing on a page that becomes a notebook."""
    monkeypatch.chdir(tiny.root)
    tiny.write("mkdocs.yml", WITH_NOTEBOOKS)
    shutil.rmtree(tiny.path("docs/zh-Hant"))
    for locale, title in (("en", "Drawings"), ("ru", "Рисунки")):
        tiny.write(
            f"docs/{locale}/drawings.md", re.sub("# .* {#start}", f"# {title} {{#start}}", tiny.read(f"docs/{locale}/index.md"))
        )
    tiny.write(
        "theme/main.html",
        "<html><h9>{{ page.canonical_url }} {{ page.meta.description }} {{ page.nb_url }}</h9>"
        "<ol>{% for item in page.toc %}<li>{{ item.id }} {{ item.title }}</li>{% endfor %}</ol>"
        "{% for file in docweave.downloads(page) %}<a href='{{ file.notebook | url }}'>{{ file.page }}</a>{% endfor %}"
        "<main>{{ page.content }}</main></html>",
    )
    return tiny


def built(tiny):
    config = load_config(str(tiny.path("mkdocs.yml")))
    build(config)
    config.plugins.on_shutdown()
    return tiny


def page_of(tiny, name):
    return BeautifulSoup(tiny.read(f"site/{name}/index.html"), "html.parser")


def test_each_language_has_notebook_pages_with_their_files(tiny):
    built(tiny)
    for folder, title in (("notebooks", "Greetings"), ("ru/notebooks", "Приветствия")):
        page = page_of(tiny, f"{folder}/greetings")
        assert page.main.h1.find(string=True) == title
        assert "nbformat" not in page.main.get_text()
        book = json.loads(tiny.read(f"site/{folder}/greetings/greetings.ipynb"))
        assert book["nbformat"] == 4
        assert tiny.read(f"site/{folder}/greetings/greetings.py").startswith("# %% [markdown]\n")


def test_headings_have_the_ids_of_the_chapters_page(tiny):
    page = page_of(built(tiny), "ru/notebooks/greetings")
    assert [heading["id"] for heading in page.main.find_all(["h1", "h2"])] == ["greetings", "mistakes"]
    assert [item.get_text() for item in page.find_all("li")] == ["mistakes Ошибки"]
    assert [link["href"] for link in page.select(".headerlink")] == ["#greetings", "#mistakes"]
    assert page.select(".anchor-link") == []


def test_code_and_outputs_look_as_elsewhere_and_solutions_are_folded(tiny):
    page = page_of(built(tiny), "ru/notebooks/greetings")
    assert [block["data-cell"] for block in page.select("[data-cell]")] == [
        "colab",
        "greetings.greet",
        "greetings.fail",
        "greetings.count",
    ]
    assert page.select_one("[data-cell='greetings.fail']")["data-raises"] == "ValueError"
    assert page.select_one("details.code > summary").get_text() == "Показать код"
    assert page.select_one("details.code [data-cell='greetings.count']")
    assert [block.get_text() for block in page.select(".cell-output")] == ["Hello, reader!"]
    assert page.select_one(".cell-error").get_text().startswith("ValueError: invalid")


def test_drawings_are_inline_so_that_the_stylesheet_applies(tiny):
    page = page_of(built(tiny), "notebooks/drawings")
    assert page.select_one("figure.diagram > svg")
    assert page.select_one("figure.plot > svg").find("text").get_text() == "step"
    assert page.find_all("style") == page.find_all("img") == page.select("p figure") == []


def test_the_canonical_page_of_a_notebook_is_its_chapter(tiny):
    page = page_of(built(tiny), "ru/notebooks/greetings")
    assert page.h9.get_text().split()[0] == "https://example.org/ru/greetings/"
    assert "Как программа здоровается." in page.h9.get_text()


def test_links_are_relative_and_those_to_the_chapter_local(tiny):
    links = "[a](index.md) [b](drawings.md#start) [c](#mistakes) [d](greetings.md#mistakes) [e](https://example.com/x)"
    tiny.replace("docs/en/greetings.md", "A program may greet.", links)
    page = page_of(built(tiny), "notebooks/greetings")
    hrefs = {link.get_text(): link["href"] for link in page.select("main p > a")}
    expected = {"a": "../../", "b": "../../drawings/#start", "c": "#mistakes", "d": "#mistakes", "e": "https://example.com/x"}
    assert hrefs.items() >= expected.items()


def test_output_is_marked_as_english_and_code_as_untranslatable(tiny):
    page = page_of(built(tiny), "ru/notebooks/greetings")
    assert [pre["lang"] for pre in page.select(":is(.cell-output, .cell-error) pre")] == ["en", "en"]
    assert {code.get("translate") for code in page.select("main code")} == {"no"}


def test_downloads_are_known_on_a_chapters_page_and_its_notebook(tiny):
    built(tiny)
    assert page_of(tiny, "ru/greetings").a["href"] == "../notebooks/greetings/greetings.ipynb"
    assert page_of(tiny, "ru/notebooks/greetings").a["href"] == "greetings.ipynb"
    assert page_of(tiny, "ru").select("a") == []


def test_a_second_build_renders_no_notebook_again(tiny, monkeypatch):
    built(tiny)
    first = tiny.read("site/ru/notebooks/greetings/index.html")
    monkeypatch.setattr("mkdocs_jupyter.convert.nb2html", None)
    assert built(tiny).read("site/ru/notebooks/greetings/index.html") == first


def test_a_reload_logs_nothing_about_notebooks(tiny, caplog):
    built(tiny)
    caplog.set_level("INFO")
    built(tiny)
    assert [record.getMessage() for record in caplog.records if "ipynb" in record.getMessage()] == []


def test_an_error_in_a_notebook_stops_the_build_at_its_line(tiny, caplog):
    tiny.replace("docs/en/greetings.md", "A program may greet.", "A program{.loud} may greet.")
    with pytest.raises(Abort):
        built(tiny)
    assert "docs/en/greetings.md:7: a page cannot hold attributes in braces" in caplog.text


def test_the_course_of_a_language_is_one_complete_file(tiny):
    with zipfile.ZipFile(built(tiny).path("site/ru/notebooks/keras-functional-api-ru.zip")) as archive:
        names = {name.removeprefix("keras-functional-api/") for name in archive.namelist()}
        assert names == {"drawings.ipynb", "drawings.py", "greetings.ipynb", "greetings.py", "requirements.txt"}
        assert archive.read("keras-functional-api/requirements.txt").decode() == "keras>=3\ntensorflow\njupyterlab\n"
        assert "Приветствия" in json.dumps(json.loads(archive.read("keras-functional-api/greetings.ipynb")), ensure_ascii=False)


def test_the_zip_of_the_course_is_reproducible(monkeypatch):
    first = packed({"b.py": "1\n", "a.py": "2\n"})
    monkeypatch.setattr("time.localtime", None)
    assert packed({"a.py": "2\n", "b.py": "1\n"}) == first


def test_colab_opens_notebooks_only_from_github(tiny):
    page = tiny.project.pages["ru"]["greetings"]
    (file,) = downloads(page, tiny.project, "https://github.com/who/what/")
    assert (
        file.colab == "https://colab.research.google.com/github/who/what/blob/notebooks/ru/notebooks/greetings/greetings.ipynb"
    )
    assert file.cells == "https://github.com/who/what/blob/main/snippets/greetings.py"
    (file,) = downloads(page, tiny.project, "https://git.example.org/who/what")
    assert file.colab == ""
    (file,) = downloads(page, tiny.project, "")
    assert file.colab == file.cells == ""


def test_a_download_names_its_backend(tiny):
    tiny.write("snippets/greetings_jax.py", "# %% other\nprint(1)\n")
    assert [file.backend for file in downloads(tiny.project.pages["en"]["greetings"], tiny.project, "")] == ["", "JAX"]


def test_the_course_is_in_the_folder_of_its_language():
    assert course_name("en") == "notebooks/keras-functional-api-en.zip"
    assert course_name("pt-BR") == "pt-BR/notebooks/keras-functional-api-pt-BR.zip"


def test_static_i18n_still_hides_from_mkdocs_that_a_notebook_is_a_page(tiny):
    """While this passes, NotebookFile is needed. If it fails, upstream is fixed (issue 198): remove NotebookFile."""
    tiny.write("mkdocs.yml", WITH_NOTEBOOKS.replace("  - docweave\n", ""))
    tiny.write("theme/main.html", "<main>{{ page.content }}</main>")
    tiny.write("docs/en/book.ipynb", json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    built(tiny)
    assert json.loads(tiny.read("site/book/index.html"))["nbformat"] == 4
