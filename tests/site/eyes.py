"""What a reader's eyes would tell of a page in the browser: measured by eyes.js."""

from pathlib import Path

EYES = Path(__file__).with_suffix(".js").read_text("utf-8")


def look(page, what: str):
    """Return what one of the functions of eyes.js finds on a page as it stands."""
    page.evaluate(EYES)
    return page.evaluate(f"eyes.{what}()")


def unfold(page) -> None:
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
