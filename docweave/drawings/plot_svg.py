"""Make plots follow the page's colours and language: clean up matplotlib's SVG, and translate its texts."""

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from itertools import groupby
from xml.etree import ElementTree

from docweave.drawings.palette import GRID, INK, PAGE, SERIES
from docweave.errors import WeaveError

# The width of a plot on the page, in pixels; matplotlib counts in points.
WIDTH = 576

SVG = "{http://www.w3.org/2000/svg}"
CLASSES = {light: name for name, (light, _) in SERIES.items()} | {GRID[0]: "grid"}
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
TEXT = re.compile(r"(<text\b[^>]*>)([^<]+)(</text>)")


def words(svg: str) -> list[str]:
    """Return the translatable texts of a drawing. Numbers are not, though `1e−5` contains a letter."""
    texts = dict.fromkeys(unescape(match[2]) for match in TEXT.finditer(svg))
    return [text for text in texts if any(map(str.isalpha, text)) and not NUMBER.fullmatch(text.replace("−", "-"))]


def clean(root: ElementTree.Element) -> str:
    """Return matplotlib's SVG without style attributes and needless groups, and with short ids and numbers."""
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
    """Yield the elements that a group draws, and a group inside it only if that has attributes."""
    for element in group:
        if _tag(element) == "g" and not set(element.keys()) - {"id"}:
            yield from _leaves(element)
        elif _tag(element) not in {"defs", "metadata"} and element.get("style") != "fill: none":
            yield element


def _lines(elements: Iterable[ElementTree.Element], ids: dict[str, str], digits: int) -> Iterator[str]:
    """Yield the markup of elements; neighbours that look the same share a group with their common attributes."""
    described = [(element, *_attributes(element, ids, digits)) for element in elements]
    for look, neighbours in groupby(described, key=lambda item: item[2]):
        run = list(neighbours)
        grouped = len(run) > 1 and look and _tag(run[0][0]) != "tspan"  # a text cannot contain groups
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
    """Return the attributes that belong to the element alone, and those of its look, which may move to a group."""
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
    if "opacity" in look:  # stays on each element: on a group, it would flatten overlapping shapes
        own["opacity"] = look.pop("opacity")
    return own, look | ({"class": " ".join(classes)} if classes else {})


def _presentation(style: str, classes: list[str]) -> dict[str, str]:
    """Return a style as attributes, which a content security policy allows, and add the classes of its colours.

    The colours are kept as attributes, too, for use without the stylesheet, which overrides them.
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
    """Return path data, coordinates or lengths with fewer decimals and without superfluous spaces."""
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
        texts: translations, by the complete text that they replace; other texts stay unchanged.
    """

    def translated(match: re.Match[str]) -> str:
        text = unescape(match[2])
        return f"{match[1]}{escape(texts.get(text, text), quote=False)}{match[3]}"

    return TEXT.sub(translated, svg)


def stylesheet(standalone: bool = False) -> str:
    """Return the CSS of all plots.

    Args:
        standalone: for a drawing that contains its style and follows the reader's system, rather than for the site,
            where it follows the reader's choice of scheme.
    """
    colours = {"plot-ink": INK, "plot-grid": GRID} | {f"plot-{number}": pair for number, pair in SERIES.items()}
    dark = ";".join(f"--dw-{name}:{pair[1]}" for name, pair in colours.items())
    # A reader's font may be larger than the measured one: with visible overflow, a label at the edge is not cut off.
    rules = [f".model-plot{{max-width:100%;height:auto;overflow:visible;color:var(--dw-plot-ink,{INK[0]})}}"]
    for colour, name in CLASSES.items():
        rules += [
            f".model-plot .{property[0]}-{name}{{{property}:var(--dw-plot-{name},{colour})}}" for property in ("fill", "stroke")
        ]
    if standalone:
        rules.append(f".model-plot{{background:var(--dw-plot-page,{PAGE[0]})}}")
        rules.append(f"@media (prefers-color-scheme:dark){{.model-plot{{{dark};--dw-plot-page:{PAGE[1]}}}}}")
    else:
        rules.insert(0, "/* Written by docweave.drawings.plot_svg.stylesheet(): change it there. */")
        rules.append(f'[data-md-color-scheme="slate"]{{{dark}}}')
    # With the reader's own colours, only the dashes distinguish the curves.
    forced = ";".join(f"--dw-{name}:{'GrayText' if name == 'plot-grid' else 'CanvasText'}" for name in colours)
    forced = f"forced-color-adjust:none;--dw-plot-page:Canvas;{forced}"
    rules.append(f"@media (forced-colors:active){{.model-plot{{{forced}}}}}")
    return "\n".join(rules) + "\n"


def weave(svg: str, title: str, prefix: str = "", standalone: bool = False) -> str:
    """Make a recorded drawing ready for a page.

    Args:
        svg: the drawing, translated.
        title: the alternative text, which describes the plot in prose.
        prefix: a prefix that makes the ids unique on the page.
        standalone: include the style, for use without the site's stylesheet.

    Returns:
        an `<svg>` element without blank lines, style attributes and scripts.

    Raises:
        WeaveError: a text that `record` did not draw.
    """
    if not svg.startswith("<svg "):
        raise WeaveError("not a recorded plot: record the chapter again")
    name = re.sub(r"[^\w-]+", "-", prefix) or "plot"
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", tag[0]), svg)
    opening, rest = svg.split(">", 1)
    style = f"\n<style>\n{stylesheet(standalone=True)}</style>" if standalone else ""
    return (
        f'{opening} role="img" aria-labelledby="{name}-title">\n'
        f'<title id="{name}-title">{escape(title, quote=False)}</title>{style}{rest}'
    )
