"""The notebooks on the built site: pages and downloads."""

import functools
import json
import zipfile

import pytest
from bs4 import BeautifulSoup

from docweave.cells import syntax
from docweave.notebooks.downloads import course_name, downloads
from docweave.project import SOURCE
from tests.site.pages import PROJECT, every_language, every_notebook, path_of

HEAVIEST = 150_000  # bytes of HTML; the default pages of mkdocs-jupyter have 645,000


@pytest.fixture(scope="session")
def files():
    """Returns the files of a chapter in a language."""

    def of(locale, name, chapter):
        found = downloads(PROJECT.pages[locale][name], PROJECT, "https://github.com/who/what")
        return next(one for one in found if one.chapter == chapter)

    return of


@pytest.fixture(scope="session")
def notebook_page(built, files):
    """Returns the parsed page of a notebook."""

    @functools.cache
    def read(locale, name, program):
        path = built / files(locale, name, PROJECT.chapters[program]).page / "index.html"
        return BeautifulSoup(path.read_text("utf-8"), "html.parser")

    return lambda locale, name, chapter: read(locale, name, chapter.name)


@every_notebook
def test_the_page_shows_the_tested_code_in_the_order_of_the_chapter(locale, name, chapter, notebook_page):
    shown = notebook_page(locale, name, chapter).select("[data-cell]")
    assert [block["data-cell"] for block in shown] == ["colab", *(cell.id for cell in chapter.cells)]
    for block, cell in zip(shown[1:], chapter.cells, strict=True):
        assert syntax(block.select_one("pre code").get_text()) == syntax(cell.source), cell.id


@every_notebook
def test_a_notebook_page_has_the_prose_headings_and_drawings_of_its_chapter(locale, name, chapter, notebook_page, html):
    ours, theirs = notebook_page(locale, name, chapter), html(locale, name)

    def headings(page):
        return [(heading["id"], heading.get_text()) for heading in page.select(".md-content :is(h1, h2, h3)[id]")]

    assert headings(ours) == headings(theirs)
    assert len(ours.select("figure.diagram")) == len(theirs.select("figure.diagram"))
    toc = [link["href"] for link in ours.select(".md-sidebar--secondary .md-nav__link[href]")]
    assert toc == [f"#{id}" for id, _ in headings(ours)[1:]]
    assert "**" not in ours.select_one(".md-content").find("p").get_text()
    for paragraph in ours.select(".md-content :is(p, li, summary)"):
        prose = "".join(text for text in paragraph.find_all(string=True) if text.parent.name != "code")
        assert "**" not in prose and "](" not in prose, prose


@every_notebook
def test_a_notebook_page_is_light_and_has_no_own_assets(locale, name, chapter, built, files, notebook_page):
    weight = (built / files(locale, name, chapter).page / "index.html").stat().st_size
    assert weight < HEAVIEST
    assert notebook_page(locale, name, chapter).select("article :is(style, script)") == []


@every_notebook
def test_output_is_marked_as_english_and_code_as_untranslatable(locale, name, chapter, notebook_page):
    page = notebook_page(locale, name, chapter)
    assert {code.find_parent(lang=True)["lang"] for code in page.select(":is(.cell-output, .cell-error) code")} == {SOURCE}
    assert {code.find_parent(lang=True)["lang"] for code in page.select("[data-cell] code")} == {locale}
    assert all(code["translate"] == "no" for code in page.select("code"))


@every_notebook
def test_links_of_a_notebook_page_stay_within_the_site(locale, name, chapter, notebook_page, address):
    """In the notebook file they point to the public site, since it may be opened anywhere."""
    page = notebook_page(locale, name, chapter)
    links = [link["href"] for link in page.select(".md-content a[href]")]
    assert [link for link in links if link.startswith(address)] == []
    ids = {element["id"] for element in page.select("[id]")}
    assert [link for link in links if link.startswith("#") and link[1:] not in ids] == []


@every_notebook
def test_the_canonical_address_is_that_of_the_chapter(locale, name, chapter, notebook_page, address, built):
    page = notebook_page(locale, name, chapter)
    assert page.select_one("link[rel=canonical]")["href"] == address + path_of(locale, name)
    assert page.select("head link[hreflang]") == []
    assert "/notebooks/" not in (built / "sitemap.xml").read_text("utf-8")


@every_notebook
def test_the_files_of_a_chapter_exist_and_every_page_links_them(locale, name, chapter, built, files, notebook_page, html):
    file = files(locale, name, chapter)
    book = json.loads((built / file.notebook).read_text("utf-8"))
    assert book["metadata"]["docweave"] | {"versions": 0} == {"chapter": chapter.name, "locale": locale, "versions": 0}
    assert (built / file.script).read_text("utf-8").startswith("# %% [markdown]\n")
    here = built / path_of(locale, name)
    for page, folder in ((html(locale, name), here), (notebook_page(locale, name, chapter), built / file.page)):
        links = [link["href"] for link in page.select(".page-actions a")]
        local = {(folder / link).resolve() for link in links if "://" not in link}
        assert {built / file.notebook, built / file.script} <= local
        assert any(link.endswith(f"/blob/notebooks/{file.notebook}") for link in links)
        assert any(link.endswith(f"/snippets/{chapter.name}.py") for link in links)


def test_the_labels_of_actions_are_translated(html):
    words = {
        locale: [link.get_text() for link in html(locale, "setup").select(".page-actions a")] for locale in PROJECT.languages
    }
    for locale in PROJECT.translations:
        assert not set(words[locale]) & set(words[SOURCE])


def test_a_page_without_a_program_offers_none(html):
    assert html(SOURCE, "glossary").select(".page-actions") == []


@every_language
def test_the_course_has_every_chapter_and_the_setup_page_links_it(locale, built, html):
    course = built / course_name(locale)
    with zipfile.ZipFile(course) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    for chapter in PROJECT.chapters.values():
        if not chapter.keras:
            assert f"keras-functional-api/{chapter.name}.py" in names
            assert f"keras-functional-api/{chapter.name.replace('_', '-')}.ipynb" in names
    assert "keras-functional-api/requirements.txt" in names
    links = [link["href"] for link in html(locale, "setup").select(".md-content a")]
    assert course in {(built / path_of(locale, "setup") / link).resolve() for link in links if "://" not in link}
