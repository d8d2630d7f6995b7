"""Measure what a reader would see of a page in the browser, with eyes.js."""

from pathlib import Path
from time import monotonic

EYES = Path(__file__).with_suffix(".js").read_text("utf-8")


def look(page, what: str):
    """Return the findings of a function of eyes.js on a page in its present state."""
    page.evaluate(EYES)
    return page.evaluate(f"eyes.{what}()")


def unfold(page) -> None:
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")


def wait_until(page, expression: str) -> None:
    """Wait until an expression is true. Playwright's own function uses `eval`, which the policy of the pages blocks."""
    latest = monotonic() + 20  # seconds, as in conftest.py
    while not page.evaluate(expression):
        assert monotonic() < latest, f"this did not become true: {expression}"
        page.wait_for_timeout(20)  # milliseconds
