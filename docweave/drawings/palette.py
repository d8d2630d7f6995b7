"""Every colour of the drawings, light and dark.

The colours are those of the site, so that a drawing matches its page. Every text must be legible on every fill of its scheme,
and every line on the page: tests compare the colours and measure their contrast.
"""

# A colour in the light scheme and in the dark one.
Colour = tuple[str, str]

ENTRANCE: Colour = ("#0a6570", "#77c7d0")
EXIT: Colour = ("#b2490f", "#f0a36c")
INK: Colour = ("#1d2528", "#dde4e6")
PAGE: Colour = ("#ffffff", "#161b1e")
GRID: Colour = ("#d8dfe1", "#333d42")

# The colours of diagrams, by the names of their CSS variables.
DIAGRAM: dict[str, Colour] = {
    "node": ("#f3f6f6", "#262f33"),
    "input": ("#dcf0f1", "#0f444b"),
    "output": ("#fdead9", "#4d3018"),
    "line": ("#56656b", "#a0b0b6"),
    "entrance": ENTRANCE,
    "exit": EXIT,
    "ink": INK,
    "shared": ("#8c56c0", "#b39ae6"),
    "page": PAGE,
}
STROKES = ("line", "entrance", "exit", "ink", "shared")

# The colours of the series in a plot, by the names of their CSS variables. Colour-blind readers can distinguish them, too.
SERIES: dict[str, Colour] = {
    "1": ENTRANCE,
    "2": EXIT,
    "3": ("#8c56c0", "#9478d0"),
    "4": ("#94862f", "#f2dc6e"),
    "5": ("#6b2c3d", "#e0658c"),
    "6": ("#728a90", "#d0e2e8"),
}
