"""A matplotlib figure as recorded data and as an SVG that follows the page's colours."""

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from math import inf, isfinite
from typing import Any
from xml.etree import ElementTree

from docweave.errors import WeaveError

# Six colours for series, told apart by readers who see few colours too; the first two are those of diagrams, and so the
# site's: name of the CSS variable, light, dark.
SERIES = {
    "1": ("#0a6570", "#77c7d0"),
    "2": ("#b2490f", "#f0a36c"),
    "3": ("#8c56c0", "#9478d0"),
    "4": ("#94862f", "#f2dc6e"),
    "5": ("#6b2c3d", "#e0658c"),
    "6": ("#728a90", "#d0e2e8"),
}
INK = ("#1d2528", "#dde4e6")
GRID = ("#d8dfe1", "#333d42")
PAGE = ("#ffffff", "#161b1e")

# Curves are told apart by their dashes too: colour alone would leave some readers out.
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1.5)), (0, (7, 2, 1.5, 2, 1.5, 2)))

# How wide a plot is on the page, in pixels; matplotlib counts in points.
WIDTH = 576

# How far below its axes a legend goes, in points: past the ticks, and past the axis label if there is one.
TICKS_HEIGHT, LABEL_HEIGHT = 24, 40
HEIGHT, LEGEND_ROW = 3.4, 17

SVG = "{http://www.w3.org/2000/svg}"
CLASSES = {light: name for name, (light, _) in SERIES.items()} | {GRID[0]: "grid"}
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
TEXT = re.compile(r"(<text\b[^>]*>)([^<]+)(</text>)")


@dataclass(frozen=True)
class Plot:
    """A figure that a cell drew.

    Attributes:
        data: what it shows, as JSON holds it: `{"axes": […], "texts": […]}`.
        svg: how it looks, for `weave`.
    """

    data: dict[str, Any]
    svg: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The words in it that a translator may translate, each once, in the order of the drawing."""
        return tuple(self.data["texts"])


def style() -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws every figure in the one style: `with style(): …`."""
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

    Its legends are moved below their axes, where a translation that is longer has room.

    Args:
        figure: a `matplotlib.figure.Figure`.

    Returns:
        what it shows, in plain JSON types, and its drawing: a small SVG without styles and scripts.
    """
    for axes in figure.axes:
        _move_legend(axes)
    file = io.StringIO()
    with style():
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    svg = _clean(ElementTree.fromstring(file.getvalue()))
    return Plot({"axes": [_axes_data(axes) for axes in figure.axes], "texts": _words(svg)}, svg)


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


# --- the data ---


def _axes_data(axes: Any) -> dict[str, Any]:
    """Return what a reader could read off one pair of axes."""
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
    # matplotlib makes up labels of its own, `_child0`, and shows them nowhere.
    shown = "" if label.startswith("_") else label
    return {"label": shown, "x": [_number(value) for value in x], "y": [_number(value) for value in y]}


def _number(value: Any) -> float | None:
    """Return a number with six significant digits, None for what JSON cannot hold."""
    return float(f"{value:.6g}") if value is not None and isfinite(value) else None


def _words(svg: str) -> list[str]:
    """Return the texts of a drawing that a translator may translate: not numbers, though `1e−5` has a letter."""
    texts = dict.fromkeys(unescape(match[2]) for match in TEXT.finditer(svg))
    return [text for text in texts if any(map(str.isalpha, text)) and not NUMBER.fullmatch(text.replace("−", "-"))]


def same_plot(a: Plot, b: Plot, relative: float = 1e-3) -> list[str]:
    """Compare what two plots show, never how they look.

    Texts and counts must be equal; a number may differ by a share of the largest in its series, since a reader sees
    it against those.

    Args:
        a: what is recorded.
        b: what was drawn now.
        relative: that share.

    Returns:
        one line a difference, none if the plots show the same.
    """
    return [message for message, share in _differences(a.data, b.data, "") if share > relative]


def drift(a: Plot, b: Plot) -> float:
    """Return the largest difference between two plots, as `same_plot` counts it.

    It is infinity if they differ in more than numbers.
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


# --- the drawing ---


def _clean(root: ElementTree.Element) -> str:
    """Return matplotlib's SVG without what a page does not need: styles, nested groups, long ids and numbers."""
    defined = [child for defs in root.iter(f"{SVG}defs") for child in defs if _tag(child) != "style"]
    ids = {element.get("id", ""): f"d{number}" for number, element in enumerate(defined)}
    width, height = (float(value) for value in root.attrib["viewBox"].split()[2:])
    lines = [
        (
            f'<svg xmlns="{SVG[1:-1]}" class="model-plot" viewBox="0 0 {width:g} {height:g}" width="{WIDTH}"'
            f' height="{WIDTH * height / width:.0f}" fill="currentColor" font-family="sans-serif" stroke-linejoin="round">'
        ),
        *(["<defs>", *_lines(defined, ids, 2), "</defs>"] if defined else []),
        *_lines(_leaves(root), ids, 1),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _leaves(group: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield what a group draws; groups within it only if they say how."""
    for element in group:
        if _tag(element) == "g" and not set(element.keys()) - {"id"}:
            yield from _leaves(element)
        elif _tag(element) not in {"defs", "metadata"} and element.get("style") != "fill: none":
            yield element


def _lines(elements: Iterable[ElementTree.Element], ids: dict[str, str], digits: int) -> Iterator[str]:
    """Yield the markup of elements, neighbours that look the same in one group that says so once."""
    described = [(element, *_attributes(element, ids, digits)) for element in elements]
    for look, neighbours in groupby(described, key=lambda item: item[2]):
        run = list(neighbours)
        grouped = len(run) > 1 and look and _tag(run[0][0]) != "tspan"  # a text cannot hold groups
        if grouped:
            yield f"<g{_written(look)}>"
        for element, own, _ in run:
            yield _markup(element, own if grouped else own | look, ids, digits)
        if grouped:
            yield "</g>"


def _markup(element: ElementTree.Element, attributes: dict[str, str], ids: dict[str, str], digits: int) -> str:
    tag, text = _tag(element), escape((element.text or "").strip(), quote=False)
    inner = text + "".join(_lines(_leaves(element), ids, digits))
    return f"<{tag}{_written(attributes)}>{inner}</{tag}>" if inner else f"<{tag}{_written(attributes)}/>"


def _attributes(element: ElementTree.Element, ids: dict[str, str], digits: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return the attributes that are an element's own, and those of its look, which a group may say for it."""
    own: dict[str, str] = {}
    look: dict[str, str] = {}
    classes: list[str] = []
    for qualified, written in element.items():
        name = qualified.rpartition("}")[2]
        value = re.sub(r"#(\w+)", lambda match: f"#{ids.get(match[1], match[1])}", written)
        if name == "style":
            look |= _presentation(value, classes)
        elif name == "clip-path":
            look[name] = value
        elif name == "href":
            own[name] = value.replace("\n", "")
        elif name == "transform":
            own |= {} if value.startswith("rotate(-0 ") else {name: _shortened(value, 3)}
        elif name != "id":
            own[name] = _shortened(value, digits)
        elif value in ids:
            own[name] = ids[value]
    if "opacity" in look:  # of each by itself: where two of a group overlap, both show
        own["opacity"] = look.pop("opacity")
    return own, look | ({"class": " ".join(classes)} if classes else {})


def _presentation(style: str, classes: list[str]) -> dict[str, str]:
    """Return a style as attributes, which a content security policy allows, and add the classes of its colours.

    The colours stay as attributes too, for a place without the stylesheet, which overrules them.
    """
    look = {}
    for declaration in style.split(";"):
        name, value = (part.strip() for part in declaration.split(":", 1))
        if name in {"fill", "stroke"} and value in CLASSES:
            classes.append(f"{name[0]}-{CLASSES[value]}")
        if name in {"fill", "stroke"} and value in {INK[0], "#000000"}:
            value = "currentColor"
        if name != "font-family" and (name, value) not in {("fill", "currentColor"), ("stroke-dashoffset", "0")}:
            look[name] = _shortened(value.removesuffix("px"), 2)
    return look


def _shortened(value: str, digits: int) -> str:
    """Return path data, coordinates or lengths with few decimals and without needless blanks."""
    if "#" in value:  # a colour or a link
        return value
    value = NUMBER.sub(lambda match: f"{round(float(match[0]), digits) + 0:g}", value)
    return re.sub(r"\s*([A-Za-z])\s+(?=[-\d])|\s+(?=z)", r"\1", " ".join(value.split()))


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _tag(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(SVG)


def translate(svg: str, texts: dict[str, str]) -> str:
    """Translate the texts of a recorded drawing.

    Args:
        svg: the drawing.
        texts: translations by the whole text they replace; a text that is not among them stays.
    """

    def translated(match: re.Match[str]) -> str:
        text = unescape(match[2])
        return f"{match[1]}{escape(texts.get(text, text), quote=False)}{match[3]}"

    return TEXT.sub(translated, svg)


def stylesheet(standalone: bool = False) -> str:
    """Return the CSS of all plots.

    Args:
        standalone: for a drawing that carries its style with it and follows the reader's system, instead of a page
            of the site, which follows the reader's choice there.
    """
    colours = {"plot-ink": INK, "plot-grid": GRID} | {f"plot-{number}": pair for number, pair in SERIES.items()}
    dark = ";".join(f"--dw-{name}:{pair[1]}" for name, pair in colours.items())
    # A reader's font may be taller than the one that was measured: a label at the edge then stands out, and is whole.
    rules = [f".model-plot{{max-width:100%;height:auto;overflow:visible;color:var(--dw-plot-ink,{INK[0]})}}"]
    for colour, name in CLASSES.items():
        rules += [
            f".model-plot .{property[0]}-{name}{{{property}:var(--dw-plot-{name},{colour})}}" for property in ("fill", "stroke")
        ]
    if standalone:
        rules.append(f".model-plot{{background:var(--dw-plot-page,{PAGE[0]})}}")
        rules.append(f"@media (prefers-color-scheme:dark){{.model-plot{{{dark};--dw-plot-page:{PAGE[1]}}}}}")
    else:
        rules.insert(0, "/* Written by docweave.plots.stylesheet(): mend it there. */")
        rules.append(f'[data-md-color-scheme="slate"]{{{dark}}}')
    # Where the reader chose the colours, the dashes alone tell the curves apart.
    forced = ";".join(f"--dw-{name}:{'GrayText' if name == 'plot-grid' else 'CanvasText'}" for name in colours)
    forced = f"forced-color-adjust:none;--dw-plot-page:Canvas;{forced}"
    rules.append(f"@media (forced-colors:active){{.model-plot{{{forced}}}}}")
    return "\n".join(rules) + "\n"


def weave(svg: str, title: str, prefix: str = "", standalone: bool = False) -> str:
    """Make a recorded drawing ready to stand in a page.

    Args:
        svg: the drawing, translated.
        title: the alternative text: in prose, what the plot shows.
        prefix: what makes its ids unique on the page.
        standalone: carry the style in the drawing, for a place without the site's stylesheet.

    Returns:
        an `<svg>` element without blank lines, style attributes and scripts.

    Raises:
        WeaveError: a text that `record` did not draw.
    """
    if not svg.startswith("<svg "):
        raise WeaveError("not a recorded plot: record the chapter anew")
    name = re.sub(r"[^\w-]+", "-", prefix) or "plot"
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", tag[0]), svg)
    opening, rest = svg.split(">", 1)
    style = f"\n<style>\n{stylesheet(standalone=True)}</style>" if standalone else ""
    return (
        f'{opening} role="img" aria-labelledby="{name}-title">\n'
        f'<title id="{name}-title">{escape(title, quote=False)}</title>{style}{rest}'
    )
