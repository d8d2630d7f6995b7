"""Which language the parts of a page are in, for those who hear it and for those who have it translated."""

import re

# A table in prose; those with a class have a look of their own. Material puts the boxes around them by script.
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
BOX = r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">\g<0></div></div>'
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(?P<tag>t[hd])(?P<attributes>[^>]*)>(?P<text>.*?)(?=</(?P=tag)>)", re.DOTALL)
CODE = re.compile(r"<code\b(?![^>]*\btranslate=)")


def mark(html: str, names: dict[str, str]) -> str:
    """Return a page's HTML with a language on the columns that are headed by its name, and no translation of code.

    Args:
        html: the page.
        names: every language's name in itself, by locale.
    """
    html = TABLE.sub(BOX, TABLE.sub(lambda table: _columns(table[0], names), html))
    return CODE.sub('<code translate="no"', html)


def _columns(table: str, names: dict[str, str]) -> str:
    heads = [cell["text"] for cell in CELL.finditer(next(ROW.finditer(table))[0])]
    # “Português” heads the column of “Português (Brasil)”.
    locales = [next((locale for locale, name in names.items() if name.split(" (")[0] == head), None) for head in heads]
    if not any(locales):
        return table

    def row(found: re.Match[str]) -> str:
        column = iter(locales)
        return CELL.sub(lambda cell: _cell(cell, next(column)), found[0])

    return ROW.sub(row, table)


def _cell(cell: re.Match[str], locale: str | None) -> str:
    lang = f' lang="{locale}"' if locale else ""
    return f"<{cell['tag']}{cell['attributes']}{lang}>{cell['text']}"
