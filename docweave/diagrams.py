"""A Keras model as a diagram: its graph, its layout, its drawing."""

import json
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from html import escape
from math import ceil
from pathlib import Path
from typing import Any

from docweave.errors import WeaveError

MOST_BYTES = 8_000

# Colours by the name of their CSS variable. They are the site's own, so that a drawing belongs to its page, every text is
# legible on every fill of its scheme, and every line on the page: tests compare and measure.
LIGHT = {
    "node": "#f3f6f6",
    "input": "#dcf0f1",
    "output": "#fdead9",
    "line": "#56656b",
    "entrance": "#0a6570",
    "exit": "#b2490f",
    "ink": "#1d2528",
    "shared": "#8c56c0",
    "page": "#ffffff",
}
DARK = {
    "node": "#262f33",
    "input": "#0f444b",
    "output": "#4d3018",
    "line": "#a0b0b6",
    "entrance": "#77c7d0",
    "exit": "#f0a36c",
    "ink": "#dde4e6",
    "shared": "#b39ae6",
    "page": "#161b1e",
}

STROKES = ("line", "entrance", "exit", "ink", "shared")

# Sizes in pixels, which are also Graphviz' points.
TEXT, SHAPE_TEXT = 12, 10.5
BOX_HEIGHT, SIDE, LEAST_WIDTH = 40, 9, 56
RING, BADGE = 3, 26
BETWEEN_BOXES, BETWEEN_RANKS, MARGIN = 14, 24, 8
WIDE = 540
CHAIN = 8

# Widths in em of DejaVu Sans Bold, the widest of the fonts in common use: with any other, boxes are roomy.
WIDTHS = {
    **dict.fromkeys("ijlI.,:;|!'", 0.38),
    **dict.fromkeys(" ()[]·ftr-", 0.48),
    **dict.fromkeys("mwMW%@", 1.05),
    **dict.fromkeys("ABCDEGHKNOQRUVXYZ", 0.8),
}
OTHER_WIDTH, FULL_WIDTH, REGULAR, MONOSPACE = 0.69, 1.0, 0.9, 0.61

# Of a standalone drawing and of the site alike: one rule a line, in the order of the drawing.
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


@dataclass(frozen=True)
class Node:
    """A layer, an operation or a nested model: one box, however often it is called.

    Attributes:
        id: unique in the diagram, the same in every run: the name, or the class and a number (`Dense#2`).
        kind: "input", "layer", "operation" (of `keras.ops`) or "model" (nested as a layer).
        label: the name of its class.
        name: the name its author gave it, empty if Keras made it up (`dense_3`).
        shape: the shape of what it gives, `(None, 28, 28, 1)`; several different ones are joined by a comma.
        role: "input", "output" or "middle", as the model sees it.
        uses: how often the model calls it.
    """

    id: str
    kind: str
    label: str
    name: str
    shape: str
    role: str = "middle"
    uses: int = 1


@dataclass(frozen=True)
class Edge:
    """What one node gives to another, `count` times."""

    source: str
    target: str
    count: int = 1


@dataclass(frozen=True)
class Box:
    """Where a node is drawn, in pixels from the top left corner."""

    node: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """Where an edge is drawn: x and y in turn of the points of a cubic spline, from source to target."""

    source: str
    target: str
    points: tuple[float, ...]


@dataclass(frozen=True)
class Layout:
    """Where everything is drawn, in pixels; an edge that counts twice has two curves."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Diagram:
    """A model's graph, and its layout once `lay_out` has made it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    layout: Layout | None = None

    def to_json(self) -> str:
        """Return the diagram as JSON, each node, edge, box and curve on a line of its own."""
        parts = {"nodes": _rows(self.nodes), "edges": _rows(self.edges)}
        if self.layout:
            parts["size"] = json.dumps([self.layout.width, self.layout.height])
            parts |= {"boxes": _rows(self.layout.boxes), "curves": _rows(self.layout.curves)}
        return "{\n" + ",\n".join(f'"{name}": {text}' for name, text in parts.items()) + "\n}\n"

    @classmethod
    def from_json(cls, text: str, path: Path | str | None = None) -> "Diagram":
        """Read what `to_json` wrote.

        Args:
            text: the JSON.
            path: the file it comes from, for the error.

        Raises:
            WeaveError: a text that `to_json` did not write.
        """
        try:
            parts = json.loads(text)
            nodes, edges = tuple(Node(**row) for row in parts["nodes"]), tuple(Edge(**row) for row in parts["edges"])
            if "size" not in parts:
                return cls(nodes, edges)
            boxes = tuple(Box(**row) for row in parts["boxes"])
            curves = tuple(Curve(**row | {"points": tuple(row["points"])}) for row in parts["curves"])
            width, height = parts["size"]
            return cls(nodes, edges, Layout(width, height, boxes, curves))
        except (ValueError, KeyError, TypeError) as error:
            raise WeaveError(f"not a recorded diagram ({error!r}): record it anew", path) from error


def _rows(items: Iterable[Node | Edge | Box | Curve]) -> str:
    return "[\n" + ",\n".join(f" {json.dumps(asdict(item), ensure_ascii=False)}" for item in items) + "\n]"


# --- the graph ---


def graph_of(model: Any) -> Diagram:
    """Read the graph of a Keras model through its public interface.

    A layer that is called several times is one node with several edges. A shape is that of what is passed on: a
    state that an LSTM returns and nobody takes is not told.

    Args:
        model: a functional model, or a Sequential model that knows the shape of its input.

    Returns:
        the graph without a layout; its shapes hold None for the batch, `(None, 28, 28, 1)`.

    Raises:
        WeaveError: a subclassed model or a Sequential model without an input, which have no graph; a layer that has
            no configuration.

    Source: the format of `Model.get_config()`, https://keras.io/guides/serialization_and_saving/
    """
    import keras

    try:
        inputs, outputs = model.inputs, model.outputs
    except AttributeError:
        raise WeaveError(_no_graph(model, isinstance(model, keras.Sequential))) from None
    try:
        # A functional twin: it speaks for Sequential models and for subclasses too, and lists its outputs in order.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            twin = keras.Model(list(inputs), list(outputs), name=model.name)
            config = twin.get_config()
    except NotImplementedError as error:
        raise WeaveError(f"the model “{model.name}” has a layer without get_config(): {error}") from error
    calls = {layer["name"]: layer["inbound_nodes"] for layer in config["layers"]}
    passed = [(tensor, name) for name in calls for tensor in _tensors(calls[name])]
    given = [(name, output.shape) for (name, *_), output in zip(config["output_layers"], outputs, strict=True)]
    ids = _ids(twin.operations)
    nodes = []
    for operation in twin.operations:
        name, label, kind = operation.name, type(operation).__name__, _kind(operation, keras)
        shapes = [shape for source, shape in [*given, *(tensor for tensor, _ in passed)] if source == name]
        if not shapes:  # an input that nothing uses
            shapes = [operation.output.shape]
        nodes.append(
            Node(
                id=ids[name],
                kind=kind,
                label=label,
                name="" if is_generated(name, label) else name,
                shape=", ".join(dict.fromkeys(map(shape_text, shapes))),
                role="input" if kind == "input" else "output" if name in dict(given) else "middle",
                uses=max(1, len(calls[name])),
            )
        )
    counts = Counter((ids[source], ids[target]) for (source, _), target in passed)
    return Diagram(tuple(nodes), tuple(Edge(*ends, count) for ends, count in counts.items()))


def _no_graph(model: Any, sequential: bool) -> str:
    if sequential:
        return f"the Sequential model “{model.name}” has no graph yet: begin it with keras.Input, or call build()"
    return f"“{model.name}” is a subclassed model ({type(model).__name__}) and has no graph: draw a functional one"


def _kind(operation: Any, keras: Any) -> str:
    kinds = {"input": keras.layers.InputLayer, "model": keras.Model, "layer": keras.Layer}
    return next((kind for kind, base in kinds.items() if isinstance(operation, base)), "operation")


def _tensors(arguments: object) -> Iterator[tuple[str, Iterable[int | None]]]:
    """Yield the producer's name and the shape of each tensor in the serialised arguments of calls."""
    if isinstance(arguments, dict):
        if arguments.get("class_name") == "__keras_tensor__":
            yield arguments["config"]["keras_history"][0], arguments["config"]["shape"]
        else:
            yield from _tensors(list(arguments.values()))
    elif isinstance(arguments, list | tuple):
        for argument in arguments:
            yield from _tensors(argument)


def _ids(operations: Iterable[Any]) -> dict[str, str]:
    """Return an id for each operation's name: generated names count on through a program, ids must not."""
    ids: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for operation in operations:
        label = type(operation).__name__
        if is_generated(operation.name, label):
            numbers[label] += 1
            ids[operation.name] = f"{label}#{numbers[label]}"
        else:
            ids[operation.name] = operation.name
    return ids


def is_generated(name: str, label: str) -> bool:
    """Say whether Keras made a layer's name up from its class (`dense_3`) or from a tensor (`keras_tensor_3CLONE`).

    Args:
        name: the layer's name.
        label: the name of its class.
    """
    stem = re.sub(r"_\d+$", "", name)
    return stem.replace("_", "") == label.lower() or bool(re.fullmatch(r"keras_tensor(_\d+)?(CLONE)*", name))


def shape_text(shape: Iterable[int | None]) -> str:
    """Return a shape as Python writes it: `(None, 3)`, `(None,)`."""
    return str(tuple(shape))


def same_graph(a: Diagram, b: Diagram) -> list[str]:
    """Compare the nodes and edges of two diagrams, never their layout or order.

    Args:
        a: what is recorded.
        b: what was found now.

    Returns:
        one line a difference, none if the graphs are the same.
    """
    old, new = ({node.id: asdict(node) for node in diagram.nodes} for diagram in (a, b))
    differences = [f"the node “{id}” is gone" for id in old if id not in new]
    differences += [f"the node “{id}” is new" for id in new if id not in old]
    differences += [
        f"the {field} of “{id}” was {value!r} and is {new[id][field]!r}"
        for id, node in old.items()
        if id in new
        for field, value in node.items()
        if new[id][field] != value
    ]
    before, after = (Counter({(edge.source, edge.target): edge.count for edge in diagram.edges}) for diagram in (a, b))
    return differences + [
        f"the edges from “{ends[0]}” to “{ends[1]}” were {before[ends]} and are {after[ends]}"
        for ends in dict.fromkeys([*before, *after])
        if before[ends] != after[ends]
    ]


# --- the layout ---


def lay_out(diagram: Diagram) -> Diagram:
    """Place boxes and edges with Graphviz, from top to bottom.

    Args:
        diagram: a graph; a layout that it has is made anew.

    Returns:
        the same graph with its layout.

    Raises:
        WeaveError: no Graphviz on this machine, or it failed.
    """
    try:
        run = subprocess.run(
            ["dot", "-Tplain"], input=_dot(diagram), capture_output=True, text=True, encoding="utf-8", check=False
        )
    except FileNotFoundError:
        raise WeaveError(
            "diagrams are laid out by Graphviz, and there is no `dot` here: install it with"
            " `apt-get install graphviz`, `brew install graphviz` or `choco install graphviz`"
        ) from None
    if run.returncode:
        raise WeaveError(f"Graphviz failed: {run.stderr.strip()}")
    return replace(diagram, layout=_parse_plain(run.stdout, diagram))


def _dot(diagram: Diagram) -> str:
    """Return the graph for Graphviz: boxes of fixed size, an edge for each time that it counts."""
    numbers = {node.id: number for number, node in enumerate(diagram.nodes)}
    # Graphviz starts from the order of its input: branches come in the order in which the merges list them.
    lines = [
        "digraph {",
        f"graph [nodesep={BETWEEN_BOXES / 72:.3f} ranksep={BETWEEN_RANKS / 72:.3f}]",
        'node [shape=box fixedsize=true label=""] edge [dir=none]',
    ]
    for node in _branch_order(diagram):
        width, height = box_size(node)
        # An ellipse lies within an input's pill: no edge begins outside it, in the air beside its round corners.
        shape = " shape=ellipse" if node.kind == "input" else ""
        lines.append(f"n{numbers[node.id]} [width={width / 72:.4f} height={height / 72:.4f}{shape}]")
    given, taken = (Counter(getattr(edge, end) for edge in diagram.edges) for end in ("source", "target"))
    for edge in diagram.edges:
        # A chain stands upright, and leans only where branches part or meet.
        weight = CHAIN if given[edge.source] == taken[edge.target] == 1 else 1
        lines += [f"n{numbers[edge.source]} -> n{numbers[edge.target]} [weight={weight}]"] * edge.count
    return "\n".join([*lines, "}"])


def _branch_order(diagram: Diagram) -> list[Node]:
    """Return the nodes as a walk from the outputs back to the inputs leaves them, first arguments first."""
    sources: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    for edge in diagram.edges:
        sources[edge.target].append(edge.source)
    by_role = sorted(diagram.nodes, key=lambda node: node.role != "output")
    order: dict[str, None] = {}
    entered: set[str] = set()
    # A stack of our own, and nodes met twice: models are deep, and a layer called on its own result makes a circle.
    stack = [node.id for node in reversed(by_role)]
    while stack:
        id = stack.pop()
        if id in entered:
            order[id] = None
        else:
            entered.add(id)
            stack += [id, *(source for source in reversed(sources[id]) if source not in entered)]
    nodes = {node.id: node for node in diagram.nodes}
    return [nodes[id] for id in order]


def _parse_plain(plain: str, diagram: Diagram) -> Layout:
    """Read Graphviz' plain format: inches from the bottom left corner; boxes by their centres.

    Source: https://graphviz.org/docs/outputs/plain/
    """
    rows = [line.split() for line in plain.splitlines()]
    width, height = (float(value) * 72 for value in rows[0][2:4])

    def pixels(x: str, y: str) -> tuple[float, float]:
        return float(x) * 72 + MARGIN, height - float(y) * 72 + MARGIN

    boxes, curves = [], []
    for row in rows[1:]:
        if row[0] == "node":
            node = diagram.nodes[int(row[1][1:])]
            (x, y), (wide, high) = pixels(*row[2:4]), box_size(node)
            boxes.append(Box(node.id, _round(x - wide / 2), _round(y - high / 2), wide, high))
        elif row[0] == "edge":
            source, target = (diagram.nodes[int(end[1:])].id for end in row[1:3])
            numbers = row[4 : 4 + 2 * int(row[3])]
            points = [value for x, y in zip(numbers[::2], numbers[1::2], strict=True) for value in pixels(x, y)]
            curves.append(Curve(source, target, tuple(map(_round, points))))
    # Sorted, since another version of Graphviz may list them otherwise: diffs then show what moved.
    order = {node.id: number for number, node in enumerate(diagram.nodes)}
    boxes.sort(key=lambda box: order[box.node])
    curves.sort(key=lambda curve: (order[curve.target], order[curve.source], curve.points))
    return Layout(_round(width + 2 * MARGIN), _round(height + 2 * MARGIN), tuple(boxes), tuple(curves))


def _round(value: float) -> float:
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def box_size(node: Node) -> tuple[int, int]:
    """Return the width and height of a node's box in pixels, its double border included."""
    bold, regular = _head(node)
    head = text_width(bold, TEXT) + REGULAR * text_width(regular, TEXT)
    shape = len(node.shape) * SHAPE_TEXT * MONOSPACE
    width = max(LEAST_WIDTH, head + 2 * SIDE, shape + 2 * SIDE)
    ring = RING if node.uses > 1 else 0
    # Even numbers, so that centres and corners are whole pixels.
    return 2 * ceil(width / 2 + ring), BOX_HEIGHT + 2 * ring


def text_width(text: str, size: float) -> float:
    """Return about how wide a bold text is, in pixels, in the widest of the usual fonts."""
    widths = (FULL_WIDTH if ord(letter) > 0x2E7F else WIDTHS.get(letter, OTHER_WIDTH) for letter in text)
    return size * sum(widths)


def _head(node: Node) -> tuple[str, str]:
    """Return the first line of a box: what is bold in it, and what is not."""
    if node.kind == "input":
        return node.name or "Input", ""
    return node.label, f" · {node.name}" if node.name else ""


# --- the drawing ---


def stylesheet(standalone: bool = False) -> str:
    """Return the CSS of all diagrams.

    Args:
        standalone: for a drawing that carries its style with it and follows the reader's system, instead of a page
            of the site, which follows the reader's choice there.
    """
    rules = re.sub(r"var\(--dw-(\w+)\)", lambda match: f"var(--dw-{match[1]},{LIGHT[match[1]]})", RULES)
    rules = rules.replace("WIDE", str(WIDE))
    dark = ";".join(f"--dw-{name}:{colour}" for name, colour in DARK.items() if standalone or name != "page")
    forced = ";".join(f"--dw-{name}:{'CanvasText' if name in STROKES else 'Canvas'}" for name in LIGHT)
    if standalone:
        rules += f".model-diagram{{background:var(--dw-page,{LIGHT['page']})}}\n"
        rules += f"@media (prefers-color-scheme:dark){{.model-diagram{{{dark}}}}}\n"
    else:
        rules = "/* Written by docweave.diagrams.stylesheet(): mend it there. */\n" + rules
        rules += f'[data-md-color-scheme="slate"]{{{dark}}}\n'
    return f"{rules}@media (forced-colors:active){{.model-diagram{{forced-color-adjust:none;{forced}}}}}\n"


def draw(diagram: Diagram, title: str, description: str = "", prefix: str = "", standalone: bool = False) -> str:
    """Draw a diagram as inline SVG, an element a line, legible without any style.

    Args:
        diagram: a graph with its layout.
        title: the alternative text.
        description: a longer text, if the title does not say all.
        prefix: what makes its ids unique on the page.
        standalone: carry the style in the drawing, for a place without the site's stylesheet.

    Returns:
        an `<svg>` element without blank lines, style attributes and scripts.

    Raises:
        WeaveError: a diagram without a layout, or a drawing of more than 8,000 bytes.
    """
    if diagram.layout is None:
        raise WeaveError("the diagram has no layout: record the chapter anew, on a machine with Graphviz")
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
        *(_text(_middle(box), _baseline(box, 17), *_head(node)) for node, box in boxes),
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
            " nest a part of the model as a model of its own, and draw that apart"
        )
    if standalone:
        return drawing.replace("\n", f"\n<style>\n{stylesheet(standalone=True)}</style>\n", 1)
    return drawing


def _path(points: tuple[float, ...]) -> str:
    """Return a spline as the shortest path data: whole pixels, relative to where it has come."""
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
    """Yield a node's border, and for a shared one the inner border and the badge's."""
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
    """Return where a line of text stands that is `down` pixels from the top of a plain box."""
    return box.y + (box.height - BOX_HEIGHT) / 2 + down
