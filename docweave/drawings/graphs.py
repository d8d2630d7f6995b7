"""The graph of a model and its layout, as they are recorded and compared."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from docweave.errors import WeaveError


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
            raise WeaveError(f"not a recorded diagram ({error!r}): record it again", path) from error


def _rows(items: Iterable[Node | Edge | Box | Curve]) -> str:
    return "[\n" + ",\n".join(f" {json.dumps(asdict(item), ensure_ascii=False)}" for item in items) + "\n]"


def differences(a: Diagram, b: Diagram) -> list[str]:
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
