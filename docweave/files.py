"""Text files: read as UTF-8, written atomically, compared."""

from difflib import unified_diff
from pathlib import Path

from docweave.errors import WeaveError


def read_text(path: Path) -> str:
    """Read a text file, without a byte order mark and with line ends normalised.

    Raises:
        WeaveError: a file that is not UTF-8, at the line; a file that cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeaveError(f"cannot be read: {error.strerror}", path) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise WeaveError(f"not UTF-8 ({error.reason}): save it in that encoding", path, line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically: an interruption leaves the old file or the new one, never half."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(text.encode("utf-8"))
    fresh.replace(path)


def diff(old: str, new: str, old_name: str, new_name: str) -> str:
    """Return the unified diff of two texts."""
    lines = unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm="", n=1)
    return "\n".join(lines)
