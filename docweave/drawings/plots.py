"""The content of a plot: data that is recorded and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any


@dataclass(frozen=True)
class Plot:
    """A figure that a cell drew.

    Attributes:
        data: the content in JSON types: `{"axes": […], "texts": […]}`.
        svg: the drawing, for `weave`.
    """

    data: dict[str, Any]
    svg: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The translatable texts, each once, in the order of the drawing."""
        return tuple(self.data["texts"])


def differences(a: Plot, b: Plot, relative: float = 1e-3) -> list[str]:
    """Compare the content of two plots, never their looks.

    Texts and counts must be equal; a number may differ by a share of the largest number in its series, since a reader
    sees the series as a whole.

    Args:
        a: the recorded plot.
        b: the new plot.
        relative: that share.

    Returns:
        one line for each difference, none if the plots show the same.
    """
    return [message for message, share in _differences(a.data, b.data, "") if share > relative]


def drift(a: Plot, b: Plot) -> float:
    """Return the largest difference between two plots, as a share like that of `differences`.

    The result is infinity if the plots differ in more than numbers.
    """
    return max((share for _, share in _differences(a.data, b.data, "")), default=0.0)


def _differences(a: Any, b: Any, place: str, scale: float = 0) -> Iterator[tuple[str, float]]:
    """Yield the differences of two JSON values, each with its share of `scale`, the largest number in the series."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in dict.fromkeys([*a, *b]):
            where = f"{place}.{name}" if place else name
            if name in a and name in b:
                yield from _differences(a[name], b[name], where)
            else:
                yield f"{where} is {'gone' if name in a else 'new'}", inf
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield f"{place} had {len(a)} entries and has {len(b)}", inf
            return
        scale = max((abs(value) for value in [*a, *b] if _is_number(value)), default=0)
        for number, (old, new) in enumerate(zip(a, b, strict=True)):
            yield from _differences(old, new, f"{place}[{number}]", scale)
    elif a != b:
        numeric = _is_number(a) and _is_number(b)
        share = abs(a - b) / (scale or max(abs(a), abs(b))) if numeric else inf
        yield f"{place} was {a!r} and is {b!r}", share


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
