"""The page as rendered by Python-Markdown: its blocks, tables and code, and its agreement with the notebook."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import markdown

from docweave.blocks import Block
from docweave.errors import WeaveError
from docweave.pages import parse_page
from docweave.site.markdown import PageExtension
from docweave.weave import Woven

NAMES = {"en": "English", "pt-BR": "Português (Brasil)", "ru": "Русский"}
FRONT = "---\ndescription: How to begin.\n---\n# Title {#title}\n\n"
BLOCK = Block("a", '<div class="cell">&lt;b&gt;</div>')


def rendered(body, woven=None, blocks=()):
    """Return the HTML of a page; `woven` is its body with tokens for blocks."""
    extension = PageExtension(NAMES)
    extension.page = parse_page(FRONT + body, Path("docs/en/a.md"))
    text = FRONT.partition("---\n# ")[2] + (woven or body)
    extension.woven = Woven(f"# {text}", dict.fromkeys(blocks, BLOCK), ())
    html = markdown(f"# {text}", extensions=["admonition", "attr_list", "tables", "toc", "pymdownx.details", extension])
    if extension.disagreement:
        raise extension.disagreement
    return html


def soup(*arguments):
    return BeautifulSoup(rendered(*arguments), "html.parser")


def test_a_block_replaces_its_token_in_a_box_too():
    html = rendered(
        '::: a.b\n\n!!! note "T"\n    ::: a.c\n',
        '@@docweave:0@@\n\n!!! note "T"\n    @@docweave:1@@\n',
        ("@@docweave:0@@", "@@docweave:1@@"),
    )
    assert html.count(BLOCK.html) == 2
    assert "<p><div" not in html


def test_a_note_to_the_reader_is_not_compared_with_the_notebook():
    extension = PageExtension(NAMES)
    extension.page = parse_page(FRONT + "Words.\n", Path("docs/en/a.md"))
    extension.woven = Woven("", {"@@docweave:0@@": BLOCK}, ("@@docweave:0@@",))
    text = "# Title {#title}\n\n@@docweave:0@@\n\nWords.\n"
    assert BLOCK.html in markdown(text, extensions=["attr_list", extension])
    assert extension.disagreement is None


def test_code_is_not_translated():
    assert [code["translate"] for code in soup("`a` and *`b`*\n\n| `c` |\n| --- |\n| 1 |\n").select("code")] == ["no"] * 3


def test_a_table_gets_a_scrolling_box():
    table = soup("Words.\n\n| a |\n| --- |\n| 1 |\n\nMore.\n").table
    assert [parent.get("class") for parent in list(table.parents)[:2]] == [["md-typeset__table"], ["md-typeset__scrollwrap"]]


def test_a_column_headed_by_a_language_has_its_lang():
    table = soup("| English | Português | meaning |\n| --- | --- | --- |\n| layer | camada | a **step** |\n").table
    assert [cell.get("lang") for cell in table.select("th, td")] == ["en", "pt-BR", None] * 2


def test_other_columns_have_no_lang():
    table = soup("| | English words |\n| --- | --- |\n| 1 | 2 |\n").table
    assert not table.select("[lang]")


def test_the_alignment_of_a_column_is_a_class():
    table = soup("| a | b |\n| --- | --: |\n| 1 | 2 |\n").table
    assert [cell.get("class") for cell in table.select("th, td")] == [None, ["right"]] * 2
    assert not table.select("[style]")


@pytest.mark.parametrize(
    "body",
    [
        "Words with `code`, **strong**, *em*, [a link](b.md) and **詞：**字\nin two lines.\n",
        "- one\n- two `x`\n    - three\n",
        "1. one\n2. two\n",
        "- one\n\n- two\n\nWords.\n",
        "| a | b |\n| :-- | --: |\n| 1 | `2` |\n",
        '!!! note "A `title`"\n    Words.\n\n    ??? tip "Inner"\n        More.\n\n??? tip "T"\n    - a\n    - b\n',
        "<https://example.org/>\n",
        r"2 \* 3 \* 4 &lt; 30 & more" + "\n",
    ],
)
def test_a_page_that_both_parsers_read_alike_is_rendered(body):
    assert rendered(body)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Words.\n\nText:\n- one\n- two\n", 8),
        ("- one\n  - two\n    - three\n", 6),
        ("1. one\n   - two\n2. three\n", 6),
        ("Words.\n\n1) one\n2) two\n", 8),
        ("3. three\n4. four\n", 6),
        ("Text:\n| a | b |\n| --- | --- |\n", 6),
        ("Words.\n\n_em_ and __strong__\n", 8),
        ("* one\n\n+ two\n", 6),
    ],
)
def test_a_difference_between_the_parsers_is_refused_at_its_line(body, line):
    with pytest.raises(WeaveError, match="the notebook would have") as caught:
        rendered(body)
    assert caught.value.line == line
