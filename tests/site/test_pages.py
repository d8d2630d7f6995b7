"""The content of the built pages, in every language."""

import ast
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from docweave.cells import syntax
from docweave.project import SOURCE
from docweave.verified import current
from tests.site.pages import PAGES, every_page, path_of, translated_page


def cell_named(project, id: str):
    chapter, _, cell = id.partition(".")
    return project.chapters[chapter][cell]


def text_of(element) -> str:
    return element.get_text()


@every_page
def test_the_page_has_its_exact_language_code(locale, name, html):
    assert html(locale, name).html["lang"] == locale


@every_page
def test_every_code_block_is_a_tested_cell_with_translated_comments(locale, name, html, project):
    shown = html(locale, name).select("[data-cell]")
    directives = project.pages[SOURCE][name].directives
    assert [block["data-cell"] for block in shown] == [directive.id for directive in directives]
    for block in shown:
        cell = cell_named(project, block["data-cell"])
        code = text_of(block.select_one("pre code"))
        assert syntax(code) == syntax(cell.source), block["data-cell"]
        assert code == cell.source or locale != SOURCE
        assert all(line == line.rstrip() for line in code.split("\n"))
        assert code.strip() == code


@every_page
def test_there_is_no_other_python_on_the_page(locale, name, html):
    page = html(locale, name)
    assert not page.select('.md-content [data-language^="py"]')
    for block in page.select(".md-content pre:not(.verified pre)"):
        box = block.parent
        if not box.has_attr("data-cell") and not box.has_attr("data-output-of"):
            assert box["data-language"] in ("powershell", "sh", "text"), f"neither a cell nor an output: {block}"


@every_page
def test_every_output_is_the_recorded_one_in_every_language(locale, name, html, project):
    page = html(locale, name)
    for directive in project.pages[SOURCE][name].directives:
        output = project.records[directive.chapter].cells.get(directive.cell)
        shown = page.select(f'[data-output-of="{directive.id}"]')
        expected = [text.rstrip("\n") for text in (output.text, output.error) if text] if output else []
        if not directive.show_output:
            expected, plots = [], 0
        else:
            plots = len(output.plots) if output else 0
        assert [text_of(block.code) for block in shown if block.name == "div"] == expected
        assert len([block for block in shown if block.name == "figure"]) == plots


@every_page
def test_a_failing_cell_names_and_shows_its_error(locale, name, html, project):
    page = html(locale, name)
    for directive in project.pages[SOURCE][name].directives:
        block = page.select_one(f'[data-cell="{directive.id}"]')
        cell = project.chapters[directive.chapter][directive.cell]
        raises = project.records[directive.chapter].output(cell).raises
        assert block.get("data-raises", "") == raises
        assert bool(raises) == cell.raises
        if raises:
            error = page.select_one(f'.cell-error[data-output-of="{directive.id}"]')
            assert raises in text_of(error)


@translated_page
def test_the_comments_are_in_the_language_of_the_page(locale, name, html, project):
    page, differing = html(locale, name), 0
    for block in page.select("[data-cell]"):
        cell = cell_named(project, block["data-cell"])
        code = text_of(block.select_one("pre code"))
        commented = "#" in cell.source and ast.dump(ast.parse(code)) == ast.dump(ast.parse(cell.source))
        if commented:
            assert code != cell.source, block["data-cell"]
            differing += 1
    assert differing or not any("#" in cell.source for cell in shown_cells(project, name))


def shown_cells(project, name):
    for directive in project.pages[SOURCE][name].directives:
        yield project.chapters[directive.chapter][directive.cell]


@every_page
def test_every_drawing_has_a_translated_title_and_real_text(locale, name, html, project):
    page = html(locale, name)
    figures = page.select("figure.diagram, figure.plot")
    assert len(page.select("figure.diagram")) == sum(figure.model is not None for figure in project.pages[locale][name].figures)
    for figure in figures:
        svg = figure.svg
        labels = svg["aria-labelledby"].split()
        assert svg["role"] == "img"
        assert all(text_of(page.find(id=label)).strip() for label in labels)
        assert svg.find_all("text")
        assert len(str(svg).encode()) <= 8_000 or "plot" in figure["class"]


@translated_page
def test_the_texts_of_a_drawing_are_translated(locale, name, html):
    for kind in ("figure.diagram", "figure.plot"):
        ours = [text_of(figure.svg.title) for figure in html(locale, name).select(kind)]
        english = [text_of(figure.svg.title) for figure in html(SOURCE, name).select(kind)]
        assert len(ours) == len(english)
        assert not set(ours) & set(english)


@every_page
def test_ids_are_unique(locale, name, html):
    ids = [element["id"] for element in html(locale, name).find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))


@every_page
def test_the_headings_have_the_ids_of_the_english_page(locale, name, html):
    def ids(page):
        return [heading["id"] for heading in page.select(".md-content :is(h1, h2, h3)[id]")]

    assert ids(html(locale, name)) == ids(html(SOURCE, name)) != []


@every_page
def test_the_page_has_absolute_links_to_all_its_translations(locale, name, html, project, address):
    links = {link["hreflang"]: link["href"] for link in html(locale, name).select("link[hreflang]")}
    expected = {other: address + path_of(other, name) for other in project.languages}
    assert links == expected | {"x-default": expected[SOURCE]}


@every_page
def test_the_page_has_links_to_edit_it_and_to_report_a_mistake(locale, name, html, project, address):
    links = [link["href"] for link in html(locale, name).select(".page-line a")]
    assert links[0].endswith(f"/edit/main/docs/{locale}/{name}.md")
    assert "/issues/new?" in links[1]
    assert urlsplit(address + path_of(locale, name)).path.replace("/", "%2F") in links[1]


@translated_page
def test_the_labels_for_editing_and_reporting_are_translated(locale, name, html):
    def words(language):
        return [text_of(link).strip() for link in html(language, name).select(".page-line a")]

    assert not set(words(locale)) & set(words(SOURCE))


@every_page
def test_the_page_requests_nothing_from_other_hosts(locale, name, html):
    page = html(locale, name)
    asked = [element["src"] for element in page.find_all(src=True)]
    asked += [
        link["href"] for link in page.find_all("link", href=True) if not link.get("hreflang") and "canonical" not in link["rel"]
    ]
    assert asked
    assert [address for address in asked if urlsplit(address).netloc] == []


def test_there_is_one_404_page_in_every_language(built, project):
    assert [path.relative_to(built).as_posix() for path in built.rglob("404.html")] == ["404.html"]
    page = BeautifulSoup((built / "404.html").read_text("utf-8"), "html.parser")
    assert sorted(section["lang"] for section in page.select("section[lang]")) == sorted(project.languages)
    assert len({text_of(section.h2) for section in page.select("section[lang]")}) == len(project.languages)


def test_catalogues_and_cells_are_not_part_of_the_site(built):
    files = [path for path in built.rglob("*") if path.is_file()]
    assert not {path.suffix for path in files} & {".po", ".md", ".pot"}
    # Scripts are downloads, beside their notebooks.
    assert all(path.parent.parent.name == "notebooks" for path in files if path.suffix == ".py")


def test_the_sitemap_lists_every_page_in_every_language(built, project, address):
    sitemap = (built / "sitemap.xml").read_text("utf-8")
    for locale, name in PAGES:
        assert f"<loc>{address}{path_of(locale, name)}</loc>" in sitemap


@every_page
def test_a_chapter_lists_its_runs_and_differing_outputs(locale, name, html, project):
    chapters = project.chapters_of(project.pages[SOURCE][name])
    found = html(locale, name).select("details.verified")
    assert len(found) == sum(bool(list(current(chapter, project.verified))) for chapter in chapters)
    for chapter, details in zip(chapters, found, strict=True):
        runs = list(current(chapter, project.verified))
        assert all(run.keras in text_of(details.summary) for run in runs)
        differing = {cell for run in runs for cell in run.differs}
        assert {text_of(code) for code in details.select("tbody th code")} <= differing
        shown = {text_of(pre) for pre in details.select("pre")}
        for backend in {run.backend for run in runs}:
            newest = max((run for run in runs if run.backend == backend), key=lambda run: (run.keras, run.day, run.python))
            given = {f"{output.text}{output.error}".rstrip("\n") for output in newest.differs.values()}
            assert given - {""} <= shown
