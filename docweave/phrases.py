"""The site's own phrases in English; catalogues translate them along with the comments of cells."""

import re
from collections.abc import Iterator
from pathlib import Path

from docweave.files import read_text

SHOW_CODE = "Show the code"
STALE = "The English text of this section has changed since it was translated."
LINK = "Link to this section"
READ_ENGLISH = "Read it in English"
MADE_FROM = "Made from this chapter of the guide:"
OTHER_NOTEBOOK = "This code runs in another notebook:"
VERIFIED = "Verified on Keras {keras} with {backends} · Python {pythons} · {day}"
COLAB = "On Colab this installs what the chapter needs; elsewhere it does nothing."

IN_TEMPLATE = re.compile(r"""\.phrase\(\s*(["'])(?P<text>.+?)\1""")


def phrases(theme: Path) -> Iterator[str]:
    """Yield the phrases of woven pages and notebooks, then those of the theme's templates (`docweave.phrase("…")`)."""
    yield from (SHOW_CODE, STALE, READ_ENGLISH, LINK, MADE_FROM, OTHER_NOTEBOOK, VERIFIED, COLAB)
    for template in sorted(theme.rglob("*.html")):
        for found in IN_TEMPLATE.finditer(read_text(template)):
            yield found["text"]
