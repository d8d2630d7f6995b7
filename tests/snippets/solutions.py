"""Prove that the check of an exercise is right for any weights, and that each of its assertions is needed."""

import ast
import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from unittest import mock

import numpy as np

from docweave.cells import Cell

SEEDS = 200


def prove(cell: Cell, names: dict, right: dict[str, dict], wrong: dict[str, tuple[str, dict]], seeds: int = SEEDS) -> None:
    """Fail unless a check accepts right solutions and refuses wrong ones, for many draws of all weights.

    Args:
        cell: the check.
        names: the chapter's variables at the check, including the recorded solution.
        right: other right solutions, by their special feature: the variables that replace the chapter's.
        wrong: wrong solutions, by their mistake: a part of the message that the check must give, and the variables.
        seeds: the number of draws.
    """
    check = compile(cell.source, str(cell.path), "exec")
    with warnings.catch_warnings(), _remembered() as values:
        warnings.simplefilter("ignore")  # such as the one about a softmax over one unit, which is one of the mistakes
        for label, changes in ({"as recorded": {}} | right).items():
            for seed in range(seeds):
                values.draw(_models(names | changes, changes), seed)
                error = _error(check, names | changes)
                assert error is None, f"“{label}” is right, and refused with seed {seed}: {error!r}"
                values.assert_as_drawn()
        for label, (message, changes) in wrong.items():
            for seed in range(seeds):
                values.draw(_models(names | changes, changes), seed)
                error = _error(check, names | changes)
                assert error is not None, f"“{label}” is wrong, and accepted with seed {seed}"
                assert re.search(message, str(error)), (
                    f"“{label}” is refused with seed {seed}, but with another message: {error!r}"
                )
                values.assert_as_drawn()
        for line, weaker in _without_each_assertion(cell.source):
            errors = [_error(weaker, names | changes) for _, changes in wrong.values()]
            assert not all(isinstance(error, AssertionError) for error in errors), f"no wrong solution needs “{line}”"


def _error(code, names: dict) -> Exception | None:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(code, dict(names))
        except Exception as error:
            return error
    return None


def _models(names: dict, changes: dict) -> list:
    """Return the models of a solution: those among its variables, or the chapter's for the recorded solution."""
    import keras

    solved = changes or {name: names[name] for name in ("exercise_model", "bridge_model", "desk_model") if name in names}
    return [value for value in solved.values() if isinstance(value, keras.Model)]


def _without_each_assertion(source: str) -> Iterator[tuple[str, object]]:
    count = sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(source)))
    for number in range(count):
        tree = ast.parse(source)
        dropped = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)][number]
        yield ast.unparse(dropped), compile(_Without(dropped).visit(tree), "<check>", "exec")


class _Without(ast.NodeTransformer):
    def __init__(self, dropped: ast.Assert) -> None:
        self.dropped = dropped

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node) if node is self.dropped else node


@contextlib.contextmanager
def _remembered() -> Iterator["_Values"]:
    """Keep the weights of models in NumPy, and cache the results of calls.

    Setting weights and calling a model take milliseconds. The output of a model depends only on its weights and its
    input, so that a check that sets known weights gets a cached result for each draw; other checks compute each time.
    """
    import keras

    values = _Values(keras.Model)
    with (
        mock.patch.object(keras.Model, "get_weights", lambda model: values.get(model)),
        mock.patch.object(keras.Model, "set_weights", lambda model, weights: values.set(model, weights)),
        mock.patch.object(keras.Model, "__call__", lambda model, *args, **kwargs: values.call(model, *args, **kwargs)),
        mock.patch.object(keras.Model, "compute_loss", lambda model, **kwargs: values.loss(model, **kwargs)),
        mock.patch.object(keras.Model, "save", lambda model, path: values.save(model, path)),
        mock.patch.object(keras.models, "load_model", lambda path: values.load(path)),
    ):
        try:
            yield values
        finally:
            values.put_back()


class _Values:
    """The intended values of the variables of models, and the cached outputs of models."""

    def __init__(self, model_class: type) -> None:
        self.real = {name: getattr(model_class, name) for name in ("__call__", "compute_loss", "save", "set_weights")}
        self.models: dict = {}  # with their variables; this also keeps them alive, so that no id is reused
        self.before: dict = {}  # each variable with its value
        self.arrays: dict = {}  # by variable
        self.hashes: dict = {}  # of the arrays
        self.answers: dict = {}
        self.luck: list = []  # models whose weights are not drawn yet, as a check may never need them
        self.drawn: list = []

    def of(self, model) -> list:
        import keras

        if id(model) not in self.models:
            self.models[id(model)] = model, model.weights
            for variable in model.weights:
                if id(variable) not in self.before:
                    self.before[id(variable)] = variable, np.array(keras.ops.convert_to_numpy(variable))
                    self.keep(variable, self.before[id(variable)][1])
        return self.models[id(model)][1]

    def keep(self, variable, array: np.ndarray) -> None:
        array.flags.writeable = False
        self.arrays[id(variable)] = array
        self.hashes.pop(id(variable), None)

    def put_back(self) -> None:
        for variable, array in self.before.values():
            variable.assign(array)

    def draw(self, models: list, seed: int) -> None:
        """Draw weights for models as initializers do, and random biases as well.

        A model with a constant kernel keeps all its weights, since the solution has set these deliberately.
        """
        self.luck, self.seed, self.drawn = list(models), seed, []

    def settle(self) -> None:
        if not self.luck:
            return
        models, self.luck = self.luck, []
        generator = np.random.default_rng(self.seed)
        for model in models:
            variables = self.of(model)
            given = any(len(v.shape) > 1 and np.ptp(self.before[id(v)][1]) == 0 for v in variables)
            for v in variables:
                self.keep(v, self.before[id(v)][1] if given else _drawn(v, generator))
        self.drawn = [(model, v, self.arrays[id(v)]) for model in models for v in self.of(model)]

    def assert_as_drawn(self) -> None:
        for model, variable, array in self.drawn:
            now = self.arrays[id(variable)]
            assert now is array or np.array_equal(now, array), f"the check changes the weights of {model.name}"

    def get(self, model) -> list[np.ndarray]:
        self.settle()
        return [self.arrays[id(variable)] for variable in self.of(model)]

    def set(self, model, weights) -> None:
        self.settle()
        for variable, weight in zip(self.of(model), weights, strict=True):
            assert tuple(variable.shape) == np.shape(weight)
            self.keep(variable, np.asarray(weight, "float32"))

    def key(self, model, *inputs) -> tuple:
        import keras

        self.settle()
        for variable in self.of(model):
            if id(variable) not in self.hashes:
                self.hashes[id(variable)] = hash(self.arrays[id(variable)].tobytes())
        names = tuple(tuple(part) if isinstance(part, dict) else type(part) for part in inputs)
        arrays = [np.asarray(keras.ops.convert_to_numpy(leaf)) for leaf in keras.tree.flatten(inputs)]
        asked = tuple((array.shape, hash(array.tobytes())) for array in arrays)
        return id(model), names, asked, *(self.hashes[id(variable)] for variable in self.of(model))

    def once(self, key, model, compute):
        if key not in self.answers:
            self.real["set_weights"](model, self.get(model))
            try:
                self.answers[key] = compute()
            except Exception as error:
                self.answers[key] = error
        if isinstance(self.answers[key], Exception):
            raise self.answers[key]
        return self.answers[key]

    def call(self, model, inputs, *args, **kwargs):
        import keras

        symbolic = any(isinstance(leaf, keras.KerasTensor) for leaf in keras.tree.flatten(inputs))
        if args or kwargs or symbolic or not model.built:
            return self.real["__call__"](model, inputs, *args, **kwargs)
        return self.once(self.key(model, inputs), model, lambda: self.real["__call__"](model, inputs))

    def loss(self, model, y, y_pred):
        key = ("loss", *self.key(model, y, y_pred))
        return self.once(key, model, lambda: self.real["compute_loss"](model, y=y, y_pred=y_pred))

    def save(self, model, path) -> None:
        self.saved = path, model

    def load(self, path):
        """Carry out the postponed save of the check, and load the file."""
        import keras

        saved, model = self.saved
        assert path == saved

        def compute():
            self.real["save"](model, path)
            return keras.saving.load_model(path)

        return self.once(("saved", *self.key(model)), model, compute)


def _drawn(variable, generator: np.random.Generator) -> np.ndarray:
    shape = tuple(variable.shape)
    if len(shape) < 2:
        drawn = generator.normal(size=shape).astype("float32")
        return np.abs(drawn) if "variance" in variable.path else drawn
    reach = np.sqrt(6 / (np.prod(shape[:-1]) + shape[-1]))
    return (reach * (2 * generator.random(shape) - 1)).astype("float32")
