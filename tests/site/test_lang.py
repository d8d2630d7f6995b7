"""Every text is marked with its language, so that it is read aloud, hyphenated and translated correctly."""

from bs4 import NavigableString

from docweave.project import SOURCE
from tests.site.pages import every_language, every_page, translated_page

UNSPOKEN = ("code", "script", "style", "svg", "template")


def language_of(element) -> str:
    return element.find_parent(lang=True)["lang"]


def sentences(page) -> dict[str, NavigableString]:
    """Return the texts of at least three words outside code and drawings."""
    texts = [text for text in page.html.find_all(string=True) if type(text) is NavigableString and len(text.split()) > 2]
    return {" ".join(text.split()): text for text in texts if not text.find_parent(UNSPOKEN)}


@translated_page
def test_text_left_in_english_is_marked_as_english(locale, name, html):
    english = {words for words, text in sentences(html(SOURCE, name)).items() if language_of(text) == SOURCE}
    left = {words: text for words, text in sentences(html(locale, name)).items() if words in english}
    assert [words for words, text in left.items() if language_of(text) == locale] == []


@every_page
def test_output_is_marked_as_english_and_code_as_untranslatable(locale, name, html):
    page = html(locale, name)
    assert all(language_of(code) == SOURCE for code in page.select("[data-output-of] code"))
    assert all(language_of(code) == locale for code in page.select("[data-cell] code"))
    assert all(code["translate"] == "no" for code in page.select("code"))


@every_language
def test_the_glossary_marks_the_language_of_each_column(locale, html, project):
    for table in html(locale, "glossary").select("article table"):
        columns = [cell.get("lang") for cell in table.select("th")]
        assert sorted(filter(None, columns)) == sorted(project.languages)
        assert columns.count(None) == 1
        assert all([cell.get("lang") for cell in row.select("td")] == columns for row in table.select("tbody tr"))


@every_language
def test_the_switcher_shows_the_native_name_of_each_language(locale, html, project):
    links = html(locale, "index").select("header .md-select a")
    assert [link["lang"] for link in links] == [link["hreflang"] for link in links]
    assert {link["lang"] for link in links} == set(project.languages)
    assert len({link.get_text(strip=True) for link in links}) == len(links)
