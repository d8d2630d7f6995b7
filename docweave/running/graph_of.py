"""Read the graph of a Keras model through its public interface."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from docweave.drawings.graphs import Diagram, Edge, Node
from docweave.errors import WeaveError


def graph_of(model: Any) -> Diagram:
    """Read the graph of a Keras model through its public interface.

    A layer that is called several times is one node with several edges. A node's shape covers only outputs that are
    used: the unused state of an LSTM is left out.

    Args:
        model: a functional model, or a Sequential model with a known input shape.

    Returns:
        the graph without a layout; its shapes hold None for the batch, `(None, 28, 28, 1)`.

    Raises:
        WeaveError: a subclassed model or a Sequential model without an input, which have no graph; a layer without a
            configuration.

    Source: the format of `Model.get_config()`, https://keras.io/guides/serialization_and_saving/
    """
    import keras

    try:
        inputs, outputs = model.inputs, model.outputs
    except AttributeError:
        raise WeaveError(_no_graph(model, isinstance(model, keras.Sequential))) from None
    try:
        # A functional twin has the same configuration format for Sequential models and subclasses, with outputs in order.
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
    """Return an id for each operation's name. Generated names are numbered across the whole program, ids within a model."""
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
    """Return whether Keras generated a layer's name from its class (`dense_3`) or from a tensor (`keras_tensor_3CLONE`).

    Args:
        name: the layer's name.
        label: the name of its class.
    """
    stem = re.sub(r"_\d+$", "", name)
    return stem.replace("_", "") == label.lower() or bool(re.fullmatch(r"keras_tensor(_\d+)?(CLONE)*", name))


def shape_text(shape: Iterable[int | None]) -> str:
    """Return a shape as Python writes it: `(None, 3)`, `(None,)`."""
    return str(tuple(shape))
