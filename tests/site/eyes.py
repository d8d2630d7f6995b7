"""What a reader's eyes would tell of a page in the browser: measured by eyes.js."""

from pathlib import Path
from time import monotonic

EYES = Path(__file__).with_suffix(".js").read_text("utf-8")


def look(page, what: str):
    """Return what one of the functions of eyes.js finds on a page as it stands."""
    page.evaluate(EYES)
    return page.evaluate(f"eyes.{what}()")


def unfold(page) -> None:
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")


def wait_until(page, expression: str) -> None:
    """Wait until an expression is true. Playwright's own way asks again by `eval`, which the policy of the pages refuses."""
    latest = monotonic() + 20  # seconds, as in conftest.py
    while not page.evaluate(expression):
        assert monotonic() < latest, f"this did not come true: {expression}"
        page.wait_for_timeout(20)  # milliseconds
