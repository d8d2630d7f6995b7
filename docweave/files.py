"""Files written whole or not at all."""

from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a text file, so that whoever interrupts it finds the old one or the new one, never half."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(text.encode("utf-8"))
    fresh.replace(path)
