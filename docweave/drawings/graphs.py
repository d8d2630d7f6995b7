"""The graph of a model and its layout: data that is recorded and compared."""

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
        id: unique in the diagram and the same in every run: the name, or the class and a number (`Dense#2`).
        kind: "input", "layer", "operation" (of `keras.ops`) or "model" (nested as a layer).
        label: the name of the class.
        name: the name given by the author, empty if Keras generated one (`dense_3`).
        shape: the shape of the output, `(None, 28, 28, 1)`; several different shapes are joined by commas.
        role: the place in the model: "input", "output" or "middle".
        uses: the number of times that the model calls it.
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
    """A connection from one node to another, used `count` times."""

    source: str
    target: str
    count: int = 1


@dataclass(frozen=True)
class Box:
    """The place of a node, in pixels from the top left corner."""

    node: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """The place of an edge: a cubic spline from source to target, as x and y of its points in turn."""

    source: str
    target: str
    points: tuple[float, ...]


@dataclass(frozen=True)
class Layout:
    """The places of all nodes and edges, in pixels; an edge with a count of two has two curves."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Diagram:
    """A model's graph, with its layout once `lay_out` has computed it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    layout: Layout | None = None

    def to_json(self) -> str:
        """Return the diagram as JSON, with each node, edge, box and curve on its own line."""
        parts = {"nodes": _rows(self.nodes), "edges": _rows(self.edges)}
        if self.layout:
            parts["size"] = json.dumps([self.layout.width, self.layout.height])
            parts |= {"boxes": _rows(self.layout.boxes), "curves": _rows(self.layout.curves)}
        return "{\n" + ",\n".join(f'"{name}": {text}' for name, text in parts.items()) + "\n}\n"

    @classmethod
    def from_json(cls, text: str, path: Path | str | None = None) -> "Diagram":
        """Read the JSON written by `to_json`.

        Args:
            text: the JSON.
            path: the source file, for the error message.

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
        a: the recorded diagram.
        b: the new diagram.

    Returns:
        one line for each difference, none if the graphs are the same.
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
