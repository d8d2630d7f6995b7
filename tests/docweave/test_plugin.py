import gzip
import json
import logging
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from docweave.site.plugin import DocweavePlugin
from tests.docweave.sites import MKDOCS


@pytest.fixture
def site(tiny, caplog):
    """The tiny project in two languages, as a site that MkDocs builds."""
    tiny.write("mkdocs.yml", MKDOCS)
    for path in tiny.path("docs/zh-Hant").iterdir():
        path.unlink()
    return Site(tiny, caplog)


class Site:
    """Builds the site, and returns its pages and the warnings of MkDocs."""

    def __init__(self, tiny, caplog):
        self.tiny, self.caplog = tiny, caplog

    def build(self, command="build", **options):
        config = load_config(str(self.tiny.path("mkdocs.yml")), **options)
        config.plugins.on_startup(command=command, dirty=False)
        with self.caplog.at_level(logging.WARNING):
            try:
                build(config)
            finally:
                config.plugins.on_shutdown()
        return self

    @property
    def warnings(self):
        return [record.getMessage() for record in self.caplog.records if record.levelno >= logging.WARNING]

    def read(self, name):
        return self.tiny.read(f"site/{name}")

    def search(self, locale):
        """Return the sections in the search index of a language, by address."""
        columns = json.loads(gzip.decompress(self.tiny.path(f"site/search/{locale}.json.gz").read_bytes()))
        return {values[0]: dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)}

    def page(self, name):
        return BeautifulSoup(self.read(name), "html.parser")


def test_the_plugin_is_installed_as_docweave():
    (plugin,) = entry_points(group="mkdocs.plugins", name="docweave")
    assert plugin.load() is DocweavePlugin


def test_make_site_fails_on_a_warning_and_prints_only_that(site):
    root = Path(__file__).parents[2]
    site.tiny.path("Makefile").symlink_to(root / "Makefile")
    site.tiny.path(".venv").symlink_to(sys.prefix)

    def make_site():
        make = ["make", "--silent", "--old-file=.venv/site", "site"]
        environment = os.environ | {"PYTHONPATH": str(root)}
        return subprocess.run(make, cwd=site.tiny.root, env=environment, capture_output=True, encoding="utf-8", check=False)

    done = make_site()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    site.tiny.replace("docs/en/index.md", "Welcome.", "[Welcome](nowhere.md).")
    done = make_site()
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr and "in strict mode!" in done.stdout


def test_every_language_has_its_pages_with_the_same_cells(site):
    site.build(strict=True)
    assert site.warnings == []
    for name in ("greetings/index.html", "ru/greetings/index.html"):
        page = site.page(name)
        cells = page.select("[data-cell]")
        assert [cell["data-cell"] for cell in cells] == ["greetings.greet", "greetings.fail", "greetings.count"]
        assert [cell.get("data-raises") for cell in cells] == [None, "ValueError", None]
        outputs = [(output["data-output-of"], output.get_text()) for output in page.select("[data-output-of]")]
        assert outputs == [
            ("greetings.greet", "Hello, reader!"),
            ("greetings.fail", "ValueError: invalid literal for int() with base 10: 'reader'"),
            ("greetings.count", "2"),
        ]


def test_comments_and_phrases_are_in_the_language_of_the_page(site):
    site.build()
    english, russian = site.page("greetings/index.html"), site.page("ru/greetings/index.html")
    assert english.select_one("[data-cell]").get_text().startswith("# say hello first,\n# then go on\nname = ")
    assert russian.select_one("[data-cell]").get_text().startswith("# сначала здороваемся,\n# потом остальное\nname = ")
    assert english.footer.get_text() == "Edit this page"
    assert russian.footer.get_text() == "Править страницу"


def test_a_template_knows_the_native_names_and_phrases_of_languages(site):
    site.build()
    page = site.page("ru/index.html")
    assert page.html["lang"] == "ru"
    assert {link["lang"]: link.get_text() for link in page.select("nav a")} == {
        "en": "English: Edit this page",
        "ru": "Русский: Править страницу",
    }


def test_a_cell_in_a_box_stays_in_it(site):
    site.build()
    (cell,) = site.page("ru/greetings/index.html").select('.exercise [data-cell="greetings.count"]')
    assert cell.find_parent("details", class_="code").summary.get_text() == "Показать код"
    assert cell.find_parent("details", class_="success").summary.get_text() == "Решение"


def test_figures_are_inline_and_no_token_is_left(site):
    site.build()
    page = site.page("ru/index.html")
    assert page.select_one("figure.diagram[data-diagram-of='drawings.model'] svg").title.get_text() == "Самая маленькая модель"
    assert page.select_one("figure.plot[data-output-of='drawings.plot'] svg").find("text").get_text() == "шаг"
    for path in site.tiny.path("site").rglob("*.html"):
        assert "@@docweave" not in path.read_text("utf-8")


def test_the_search_index_has_the_sections_of_every_page_of_its_language(site):
    site.build()
    english, russian = site.search("en"), site.search("ru")
    assert sorted(english) == ["#curves", "#start", "greetings/#greetings", "greetings/#mistakes"]
    assert sorted(russian) == sorted(f"ru/{address}" for address in english)
    assert "Welcome." in english["#start"]["text"] and "The smallest model" in english["#start"]["text"]
    assert "A line that rises" in english["#curves"]["text"] and "matplotlib.pyplot" in english["#curves"]["code"]
    assert {"Hello", "здороваемся"} <= set(russian["ru/greetings/#greetings"]["code"].replace(",", " ").split())
    mistakes = russian["ru/greetings/#mistakes"]
    assert (mistakes["page"], mistakes["title"]) == ("Приветствия", "Ошибки") and "ValueError" in mistakes["code"]


def test_the_search_index_excludes_decoration_and_navigation(site):
    site.build()
    sections = [*site.search("en").values(), *site.search("ru").values()]
    known = " ".join(value for section in sections for name, value in section.items() if name != "url")
    for words in ("viewBox", "@@docweave", "headerlink", "#", "Edit this page", "Править"):
        assert words not in known


def test_a_second_build_indexes_each_section_once(site):
    site.build()
    site.tiny.replace("docs/ru/index.md", "Добро пожаловать.", "Здравствуйте.")
    site.build()
    columns = json.loads(gzip.decompress(site.tiny.path("site/search/ru.json.gz").read_bytes()))
    assert len(columns["url"]) == len(site.search("ru")) == 4
    assert "Здравствуйте." in site.search("ru")["ru/#start"]["text"]


def test_the_link_to_a_section_is_named_in_the_language_of_the_page(site):
    site.tiny.replace("docs/ru/comments.po", "[ru] Link to this section", "Ссылка на раздел")
    site.build()
    assert site.page("index.html").h2.a["title"] == "Link to this section"
    assert site.page("ru/index.html").h2.a["title"] == "Ссылка на раздел"


def test_a_stale_section_has_a_note_with_a_link_to_its_english(site):
    site.tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    site.build(strict=True)
    (note,) = site.page("ru/greetings/index.html").select(".stale")
    assert note.get_text() == "Английский текст раздела изменился. Читать по-английски"
    assert note.find_previous("h2")["id"] == "mistakes"
    assert site.page("greetings/index.html").select(".stale") == []
    address = note.a["href"].removeprefix("../../").partition("#")
    assert site.page(f"{address[0]}index.html").find(id=address[2]).name == "h2"


def test_a_second_build_reads_the_changes(site):
    site.build()
    site.tiny.replace("docs/ru/index.md", "Добро пожаловать.", "Здравствуйте.")
    site.tiny.replace("docs/ru/comments.po", "Править", "Чинить")
    site.build()
    page = site.page("ru/index.html").get_text()
    assert "Здравствуйте." in page and "Чинить страницу" in page


def test_one_language_alone_can_be_built(site, monkeypatch):
    monkeypatch.setenv("TINY_LOCALE", "ru")
    site.build(strict=True)
    assert site.warnings == []
    assert len(list(site.tiny.path("site").rglob("index.html"))) == 2
    assert "Править страницу" in site.read("index.html")
    assert [path.name for path in site.tiny.path("site/search").iterdir()] == ["ru.json.gz"]


# --- problems ---


def test_a_problem_is_a_warning_and_the_site_is_still_built(site):
    site.tiny.replace("snippets/greetings.py", "one on each side", "left and right")
    site.build()
    assert site.warnings == ["docs/ru/comments.po: no translation of “left and right” (greetings.count)"]
    assert "# left and right" in site.page("ru/greetings/index.html").get_text()


def test_a_problem_fails_a_strict_build(site):
    site.tiny.replace("snippets/greetings.py", "one on each side", "left and right")
    with pytest.raises(Abort):
        site.build(strict=True)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "docs/ru/greetings.md",
            "::: greetings.fail",
            "::: greetings.fial",
            "docs/ru/greetings.md:18: there is no cell “fial” in snippets/greetings.py. Did you mean “fail”?",
        ),
        ("docs/en/greetings.md", "A program may greet.", "```py", "docs/en/greetings.md:7: a Python block written by hand"),
        ("snippets/greetings.py", "hands = 1", "hands = (1", "snippets/greetings.py:12: does not parse"),
        ("docs/ru/comments.po", 'msgid "step"', 'msgid "step', "docs/ru/comments.po:"),
    ],
    ids=["unknown cell", "fence", "snippet", "catalogue"],
)
def test_an_error_in_weaving_stops_the_build_at_its_line(site, file, old, new, message):
    site.tiny.replace(file, old, new)
    with pytest.raises(Abort):
        site.build()
    problem, *_, last = site.warnings
    assert problem.startswith(message) and last.startswith(message)


def test_a_disagreement_with_the_notebook_stops_the_build_at_its_line(site):
    site.tiny.replace("docs/en/index.md", "Welcome.", "Welcome:\n- one\n- two")
    with pytest.raises(Abort):
        site.build()
    assert site.warnings[-1].startswith("docs/en/index.md:7: the notebook would have")


@pytest.fixture
def styled(site):
    """The site with its own style sheets and script, and with a theme that has some, too."""
    config = "extra_css: [assets/look.css, assets/more.css]\nextra_javascript: [assets/move.js]\n"
    site.tiny.replace("mkdocs.yml", "nav: [", f"{config}nav: [")
    site.tiny.write("docs/assets/look.css", "table{a:b}.moved{a:b}.highlight.focus-visible{a:b}")
    site.tiny.write("docs/assets/more.css", "html{a:b}")
    site.tiny.write("docs/assets/other.css", "p{a:b}")
    site.tiny.write("docs/assets/move.js", "document.body.className = 'moved'")
    site.tiny.write("theme/assets/theme.css", "body{a:b}")
    site.tiny.write("theme/assets/theme.js", "1")
    return site


def test_theme_and_site_share_one_trimmed_style_sheet(styled):
    styled.build(strict=True)
    assert styled.read("assets/stylesheets/all.css").splitlines() == [
        '@charset "utf-8";body{a:b}.moved{a:b}.highlight:focus-visible{a:b}html{a:b}'
    ]
    files = {path.name for path in styled.tiny.path("site/assets").rglob("*") if path.is_file()}
    assert files == {"all.css", "other.css", "move.js"}


def test_the_style_sheet_covers_every_language(styled):
    styled.tiny.replace("docs/ru/index.md", "\n::: ", "\n| a |\n| --- |\n| 1 |\n\n::: ")
    styled.build()
    assert "table{a:b}" in styled.read("assets/stylesheets/all.css")


def test_a_missing_style_sheet_stops_the_build(styled):
    styled.tiny.path("docs/assets/more.css").unlink()
    with pytest.raises(Abort):
        styled.build()
    assert styled.warnings[-1] == "mkdocs.yml: extra_css names assets/more.css, which is not in docs/"


def test_every_built_page_has_a_policy_but_not_a_served_one(site):
    site.tiny.replace("mkdocs.yml", "  custom_dir: theme\n", "  custom_dir: theme\n  static_templates: [404.html]\n")
    site.tiny.replace("theme/main.html", "<body>\n<nav>", '<head><meta charset="utf-8"></head><body>\n<nav>')
    site.tiny.write("theme/404.html", '<meta charset="utf-8">\n<p>Not found</p>')
    site.build()
    pages = list(site.tiny.path("site").rglob("*.html"))
    assert len(pages) == 5
    assert all("Content-Security-Policy" in page.read_text("utf-8") for page in pages)
    site.build(command="serve")
    assert not any("Content-Security-Policy" in page.read_text("utf-8") for page in pages)
