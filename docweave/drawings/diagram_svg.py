"""Draw a laid-out graph as SVG that follows the page's colours."""

import re
from collections.abc import Iterator
from html import escape
from math import ceil

from docweave.drawings.graphs import Box, Diagram, Node
from docweave.drawings.layout import BOX_HEIGHT, RING, SHAPE_TEXT, TEXT, heading
from docweave.drawings.palette import DIAGRAM, PAGE, STROKES
from docweave.errors import WeaveError

MOST_BYTES = 8_000

# In pixels: the width below which a narrow page does not shrink a drawing, and that of the badge with a node's number of calls.
WIDE, BADGE = 540, 26

# The rules for standalone drawings and for the site, one a line, in the order of the drawing.
RULES = """\
figure.diagram{overflow-x:auto}
.model-diagram{max-width:100%;height:auto;color:var(--dw-ink)}
.model-diagram.wide{max-width:max(100%,WIDEpx)}
.model-diagram rect{fill:var(--dw-node);stroke:var(--dw-line)}
.model-diagram rect.operation{fill:none;stroke-dasharray:4 2}
.model-diagram rect.input{fill:var(--dw-input);stroke:var(--dw-entrance)}
.model-diagram rect.output{fill:var(--dw-output);stroke:var(--dw-exit);stroke-width:2}
.model-diagram rect.shared{stroke:var(--dw-shared)}
.model-diagram .edges{stroke:var(--dw-line)}
.model-diagram marker path{fill:var(--dw-line)}
"""


def stylesheet(standalone: bool = False) -> str:
    """Return the CSS of all diagrams.

    Args:
        standalone: for a drawing that contains its style and follows the reader's system, rather than for the site,
            where it follows the reader's choice of scheme.
    """
    rules = re.sub(r"var\(--dw-(\w+)\)", lambda match: f"var(--dw-{match[1]},{DIAGRAM[match[1]][0]})", RULES)
    rules = rules.replace("WIDE", str(WIDE))
    dark = ";".join(f"--dw-{name}:{dark}" for name, (_, dark) in DIAGRAM.items() if standalone or name != "page")
    forced = ";".join(f"--dw-{name}:{'CanvasText' if name in STROKES else 'Canvas'}" for name in DIAGRAM)
    if standalone:
        rules += f".model-diagram{{background:var(--dw-page,{PAGE[0]})}}\n"
        rules += f"@media (prefers-color-scheme:dark){{.model-diagram{{{dark}}}}}\n"
    else:
        rules = "/* Written by docweave.drawings.diagram_svg.stylesheet(): change it there. */\n" + rules
        rules += f'[data-md-color-scheme="slate"]{{{dark}}}\n'
    return f"{rules}@media (forced-colors:active){{.model-diagram{{forced-color-adjust:none;{forced}}}}}\n"


def draw(diagram: Diagram, title: str, description: str = "", prefix: str = "", standalone: bool = False) -> str:
    """Draw a diagram as inline SVG, one element a line, legible without any style.

    Args:
        diagram: a graph with its layout.
        title: the alternative text.
        description: a longer text, if the title is not enough.
        prefix: a prefix that makes the ids unique on the page.
        standalone: include the style, for use without the site's stylesheet.

    Returns:
        an `<svg>` element without blank lines, style attributes and scripts.

    Raises:
        WeaveError: a diagram without a layout, or a drawing of more than 8,000 bytes.
    """
    if diagram.layout is None:
        raise WeaveError("the diagram has no layout: record the chapter again, on a machine with Graphviz")
    layout, name = diagram.layout, re.sub(r"[^\w-]+", "-", prefix) or "diagram"
    nodes = {node.id: node for node in diagram.nodes}
    boxes = [(nodes[box.node], box) for box in layout.boxes]
    width, height = ceil(layout.width), ceil(layout.height)
    described = f' aria-describedby="{name}-desc"' if description else ""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="model-diagram{" wide" * (width > WIDE)}"'
            f' viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img" aria-labelledby="{name}-title"{described}'
            ' fill="currentColor" font-family="system-ui,sans-serif" text-anchor="middle">'
        ),
        f'<title id="{name}-title">{escape(title, quote=False)}</title>',
        *([f'<desc id="{name}-desc">{escape(description, quote=False)}</desc>'] if description else []),
        (
            f'<marker id="{name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
            ' markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
        ),
        f'<g class="edges" fill="none" stroke="currentColor" stroke-width="1.3" marker-end="url(#{name}-arrow)">',
        *(f'<path d="{_path(curve.points)}"/>' for curve in layout.curves),
        "</g>",
        '<g fill="none" stroke="currentColor">',
        *(rect for node, box in boxes for rect in _rects(node, box)),
        "</g>",
        f'<g font-size="{TEXT}" font-weight="700">',
        *(_text(_middle(box), _baseline(box, 17), *heading(node)) for node, box in boxes),
        "</g>",
        f'<g font-size="{SHAPE_TEXT}" font-family="ui-monospace,monospace">',
        *(_text(_middle(box), _baseline(box, 32), node.shape) for node, box in boxes),
        *(_text(box.x + box.width - 9, box.y + 5, f"×{node.uses}") for node, box in boxes if node.uses > 1),
        "</g>",
        "</svg>",
    ]
    drawing = "\n".join(parts) + "\n"
    if len(drawing.encode()) > MOST_BYTES:
        raise WeaveError(
            f"a drawing of {len(nodes)} nodes takes {len(drawing.encode()):,} bytes, more than {MOST_BYTES:,}:"
            " turn a part of the model into a nested model, and draw that separately"
        )
    if standalone:
        return drawing.replace("\n", f"\n<style>\n{stylesheet(standalone=True)}</style>\n", 1)
    return drawing


def _path(points: tuple[float, ...]) -> str:
    """Return a spline as the shortest path data: whole pixels, relative to the end of the previous segment."""
    (x, y), *rest = [(round(x), round(y)) for x, y in zip(points[::2], points[1::2], strict=True)]
    path = f"M{x} {y}"
    if all(across == x for across, _ in rest):
        return f"{path}V{rest[-1][1]}"
    for number in range(0, len(rest), 3):
        steps = [f"{across - x} {down - y}" for across, down in rest[number : number + 3]]
        path += "c" + " ".join(steps).replace(" -", "-")
        x, y = rest[number + 2]
    return path


def _rects(node: Node, box: Box) -> Iterator[str]:
    """Yield the border of a node; for a shared node, also its inner border and the border of its badge."""
    marks = [node.role] * (node.role != "middle") + [node.kind] * (node.kind == "operation")
    ends = BOX_HEIGHT / 2 if node.kind == "input" else 6
    if node.uses == 1:
        yield _rect(box.x, box.y, box.width, box.height, ends, marks)
        return
    marks.append("shared")
    yield _rect(box.x, box.y, box.width, box.height, ends + RING, marks)
    yield _rect(box.x + RING, box.y + RING, box.width - 2 * RING, box.height - 2 * RING, ends, marks)
    yield _rect(box.x + box.width - BADGE + 6, box.y - 7, BADGE, 16, 8, ["shared"])


def _rect(x: float, y: float, width: float, height: float, rounding: float, marks: list[str]) -> str:
    named = f' class="{" ".join(marks)}"' if marks else ""
    return f'<rect{named} x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{rounding:g}"/>'


def _text(x: float, y: float, text: str, regular: str = "") -> str:
    if regular:
        regular = f'<tspan font-weight="400">{escape(regular, quote=False)}</tspan>'
    return f'<text x="{x:g}" y="{y:g}">{escape(text, quote=False)}{regular}</text>'


def _middle(box: Box) -> float:
    return box.x + box.width / 2


def _baseline(box: Box, down: float) -> float:
    """Return the baseline of a line of text that is `down` pixels below the top of a plain box."""
    return box.y + (box.height - BOX_HEIGHT) / 2 + down
