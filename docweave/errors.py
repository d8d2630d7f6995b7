"""The one kind of error for authors: what to fix, and where."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class WeaveError(Exception):
    """Something that an author must fix.

    Its text is `path:line: message`, which terminals turn into a link.

    Args:
        message: what is wrong, what was expected, and the nearest right name.
        path: the file to fix, relative to the project, if known.
        line: the line in the file, from 1, if known.
    """

    def __init__(self, message: str, path: Path | str | None = None, line: int | None = None):
        super().__init__(message, path, line)
        self.message, self.path, self.line = message, path, line

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ` Did you mean …?` with the nearest of `names`, or a list of all if none is near."""
    names = sorted(names)
    near = get_close_matches(name, names, n=1)
    if near:
        return f" Did you mean “{near[0]}”?"
    return f" There are: {', '.join(names)}." if names else ""
