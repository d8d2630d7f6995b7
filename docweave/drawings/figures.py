"""Matplotlib figures: the site's style for them, and the data recorded from them."""

import io
from collections.abc import Iterable
from contextlib import AbstractContextManager
from math import isfinite
from typing import Any
from xml.etree import ElementTree

from docweave.drawings.palette import GRID, INK, SERIES
from docweave.drawings.plot_svg import clean, words
from docweave.drawings.plots import Plot

# Dashes distinguish the curves, too: colour alone would exclude some readers.
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1.5)), (0, (7, 2, 1.5, 2, 1.5, 2)))

# The distance of a legend below its axes, in points: past the ticks, and past the axis label if there is one.
TICKS_HEIGHT, LABEL_HEIGHT = 24, 40
HEIGHT, LEGEND_ROW = 3.4, 17


def style() -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws every figure in the site's style: `with style(): …`."""
    import matplotlib

    return matplotlib.rc_context(_settings())


def _settings() -> dict[Any, Any]:
    from cycler import cycler

    colours = [light for light, _ in SERIES.values()]
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": INK[0],
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelcolor": INK[0],
        "axes.prop_cycle": cycler(color=colours) + cycler(linestyle=DASHES),
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": INK[0],
        "axes.titlesize": 13,
        "figure.constrained_layout.use": True,
        "figure.facecolor": "none",
        "figure.figsize": (6.4, HEIGHT),
        "font.family": "DejaVu Sans",
        "font.size": 12,
        "grid.color": GRID[0],
        "grid.linewidth": 0.8,
        "image.interpolation": "none",
        "legend.borderaxespad": 0,
        "legend.borderpad": 0,
        "legend.frameon": False,
        "lines.linewidth": 2,
        "lines.markersize": 5,
        "savefig.facecolor": "none",
        "svg.fonttype": "none",
        "text.color": INK[0],
        "xtick.bottom": False,
        "xtick.color": INK[0],
        "xtick.labelsize": 11,
        "ytick.color": INK[0],
        "ytick.labelsize": 11,
        "ytick.left": False,
    }


def record(figure: Any) -> Plot:
    """Record a figure that was drawn under `style()`.

    Legends are moved below their axes, where a longer translation has room.

    Args:
        figure: a `matplotlib.figure.Figure`.

    Returns:
        the data it shows, in plain JSON types, and its drawing: a small SVG without styles and scripts.
    """
    for axes in figure.axes:
        _move_legend(axes)
    file = io.StringIO()
    with style():
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    svg = clean(ElementTree.fromstring(file.getvalue()))
    return Plot({"axes": [_axes_data(axes) for axes in figure.axes], "texts": words(svg)}, svg)


def _move_legend(axes: Any) -> None:
    from matplotlib.transforms import ScaledTranslation

    legend = axes.get_legend()
    if legend:
        width, height = axes.figure.get_size_inches()
        axes.figure.set_size_inches(width, max(height, HEIGHT + len(legend.get_texts()) * LEGEND_ROW / 72))
        below = LABEL_HEIGHT if axes.get_xlabel() else TICKS_HEIGHT
        down = ScaledTranslation(0, -below / 72, axes.figure.dpi_scale_trans)
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((0, 0), transform=axes.transAxes + down)


def _axes_data(axes: Any) -> dict[str, Any]:
    """Return the data that a reader could read off one pair of axes."""
    legend = axes.get_legend()
    data = {
        "title": axes.get_title(),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
        "lines": [_series(line, *line.get_data(orig=False)) for line in axes.lines],
        "bars": [_bars_data(bars) for bars in axes.containers if hasattr(bars, "orientation")],
        "points": [_points_data(collection) for collection in axes.collections],
        "images": [_image_data(image.get_array()) for image in axes.images],
    }
    return {name: value for name, value in data.items() if value}


def _bars_data(bars: Any) -> dict[str, Any]:
    if bars.orientation == "vertical":
        x, y = ([bar.get_x() + bar.get_width() / 2 for bar in bars], [bar.get_height() for bar in bars])
    else:
        x, y = ([bar.get_width() for bar in bars], [bar.get_y() + bar.get_height() / 2 for bar in bars])
    return _series(bars, x, y)


def _points_data(collection: Any) -> dict[str, Any]:
    """Return the points of a scatter plot, or the corners of areas such as `fill_between` draws."""
    if type(collection).__name__ == "PathCollection":
        points = collection.get_offsets().tolist()
    else:
        points = [corner for path in collection.get_paths() for corner in path.vertices.tolist()]
    x, y = ([point[axis] for point in points] for axis in (0, 1))
    return _series(collection, x, y)


def _image_data(array: Any) -> dict[str, Any]:
    return {"shape": list(array.shape), "mean": _number(array.mean())}


def _series(artist: Any, x: Iterable[Any], y: Iterable[Any]) -> dict[str, Any]:
    label = str(artist.get_label())
    # matplotlib generates labels such as `_child0`, and shows them nowhere.
    shown = "" if label.startswith("_") else label
    return {"label": shown, "x": [_number(value) for value in x], "y": [_number(value) for value in y]}


def _number(value: Any) -> float | None:
    """Return a number with six significant digits, or None if JSON cannot hold it."""
    return float(f"{value:.6g}") if value is not None and isfinite(value) else None
