"""Lay out a graph with Graphviz, from top to bottom."""

import subprocess
from collections import Counter
from dataclasses import replace
from math import ceil

from docweave.drawings.graphs import Box, Curve, Diagram, Layout, Node
from docweave.errors import WeaveError

# Sizes in pixels; a pixel is a point in Graphviz.
TEXT, SHAPE_TEXT = 12, 10.5
BOX_HEIGHT, SIDE, LEAST_WIDTH = 40, 9, 56
RING = 3
BETWEEN_BOXES, BETWEEN_RANKS, MARGIN = 14, 24, 8
CHAIN = 8

# Widths in em of DejaVu Sans Bold, the widest of the fonts in common use, so that text in any other font fits its box.
WIDTHS = {
    **dict.fromkeys("ijlI.,:;|!'", 0.38),
    **dict.fromkeys(" ()[]·ftr-", 0.48),
    **dict.fromkeys("mwMW%@", 1.05),
    **dict.fromkeys("ABCDEGHKNOQRUVXYZ", 0.8),
}
OTHER_WIDTH, FULL_WIDTH, REGULAR, MONOSPACE = 0.69, 1.0, 0.9, 0.61


def lay_out(diagram: Diagram) -> Diagram:
    """Place boxes and edges with Graphviz, from top to bottom.

    Args:
        diagram: a graph; an earlier layout is replaced.

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
            "diagrams are laid out by Graphviz, and its command `dot` is missing: install it with"
            " `apt-get install graphviz`, `brew install graphviz` or `choco install graphviz`"
        ) from None
    if run.returncode:
        raise WeaveError(f"Graphviz failed: {run.stderr.strip()}")
    return replace(diagram, layout=_parse_plain(run.stdout, diagram))


def _dot(diagram: Diagram) -> str:
    """Return the graph in Graphviz' language: boxes of fixed size, and each edge as often as its count."""
    numbers = {node.id: number for number, node in enumerate(diagram.nodes)}
    # Graphviz starts from the order of its input, so that branches appear in the order in which merges list them.
    lines = [
        "digraph {",
        f"graph [nodesep={BETWEEN_BOXES / 72:.3f} ranksep={BETWEEN_RANKS / 72:.3f}]",
        'node [shape=box fixedsize=true label=""] edge [dir=none]',
    ]
    for node in _branch_order(diagram):
        width, height = box_size(node)
        # An ellipse fits inside an input's pill shape, so that no edge starts in the gap beside the round corners.
        shape = " shape=ellipse" if node.kind == "input" else ""
        lines.append(f"n{numbers[node.id]} [width={width / 72:.4f} height={height / 72:.4f}{shape}]")
    given, taken = (Counter(getattr(edge, end) for edge in diagram.edges) for end in ("source", "target"))
    for edge in diagram.edges:
        # A high weight keeps a chain vertical, so that edges lean only where branches split or merge.
        weight = CHAIN if given[edge.source] == taken[edge.target] == 1 else 1
        lines += [f"n{numbers[edge.source]} -> n{numbers[edge.target]} [weight={weight}]"] * edge.count
    return "\n".join([*lines, "}"])


def _branch_order(diagram: Diagram) -> list[Node]:
    """Return the nodes in postorder of a walk from the outputs back to the inputs, first arguments first."""
    sources: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    for edge in diagram.edges:
        sources[edge.target].append(edge.source)
    by_role = sorted(diagram.nodes, key=lambda node: node.role != "output")
    order: dict[str, None] = {}
    entered: set[str] = set()
    # An explicit stack and a set of visited nodes: models are deep, and a layer called on its own result makes a cycle.
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
    """Read Graphviz' plain format: inches from the bottom left corner, with boxes given by their centres.

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
    # Another version of Graphviz may list boxes and curves in another order; sorted, a diff shows only moves.
    order = {node.id: number for number, node in enumerate(diagram.nodes)}
    boxes.sort(key=lambda box: order[box.node])
    curves.sort(key=lambda curve: (order[curve.target], order[curve.source], curve.points))
    return Layout(_round(width + 2 * MARGIN), _round(height + 2 * MARGIN), tuple(boxes), tuple(curves))


def _round(value: float) -> float:
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def box_size(node: Node) -> tuple[int, int]:
    """Return the width and height of a node's box in pixels, including its double border."""
    bold, regular = heading(node)
    head = text_width(bold, TEXT) + REGULAR * text_width(regular, TEXT)
    shape = len(node.shape) * SHAPE_TEXT * MONOSPACE
    width = max(LEAST_WIDTH, head + 2 * SIDE, shape + 2 * SIDE)
    ring = RING if node.uses > 1 else 0
    # An even width puts centres and corners on whole pixels.
    return 2 * ceil(width / 2 + ring), BOX_HEIGHT + 2 * ring


def text_width(text: str, size: float) -> float:
    """Return the approximate width of a bold text in pixels, in the widest of the usual fonts."""
    widths = (FULL_WIDTH if ord(letter) > 0x2E7F else WIDTHS.get(letter, OTHER_WIDTH) for letter in text)
    return size * sum(widths)


def heading(node: Node) -> tuple[str, str]:
    """Return the first line of a node's box: the bold part and the regular part."""
    if node.kind == "input":
        return node.name or "Input", ""
    return node.label, f" · {node.name}" if node.name else ""
