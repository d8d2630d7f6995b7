import gc
import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection

import pytest
from click.testing import CliRunner

import docweave.running.run
from docweave.cells import read_chapter
from docweave.cli import main
from docweave.errors import WeaveError
from docweave.outputs import Output, code_hashes, installed_versions
from docweave.running.noise import NOISE, PLAIN, SEEDS, Setting
from docweave.running.run import ENVIRONMENT, measured, prepare, run_cells, run_chapters, run_under

# All tests here need Keras, whose import takes seconds: one process imports it once.
pytestmark = pytest.mark.xdist_group("keras")


@pytest.fixture(scope="module", autouse=True)
def keras():
    """Keras, imported as in every run; the environment is restored for the tests in other files."""
    environment = dict(os.environ)
    prepare()
    import keras

    yield keras
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture
def chapter(tmp_path):
    """Reads a text as a snippet file of that name."""

    def read(text, name="first_steps"):
        path = tmp_path / f"{name}.py"
        path.write_text(text, "utf-8")
        return read_chapter(path)

    return read


@pytest.fixture
def ran(chapter):
    """Runs the cells of a text in this process."""
    return lambda text, **options: run_cells(chapter(text), **options)


@pytest.fixture
def refused(ran):
    """Runs the cells of a text and returns the error, starting with the line number."""

    def run(text):
        with pytest.raises(WeaveError) as caught:
            ran(text)
        return str(caught.value).partition("first_steps.py:")[2]

    return run


def must_raise(*lines):
    """A cell that must raise, as written in its file."""
    return "\n".join(['# %% fail tags=["raises-exception"] active="ipynb"', *(f"# {line}" for line in lines)]) + "\n"


# --- outputs of cells ---


def test_cells_run_in_order_in_one_namespace_with_recorded_output(ran):
    done = ran('# %% one\nx = 1\nprint(x, " ")\nprint()\n\n# %% two\nx += 1\n\n# %% three\nprint(x)\n')
    assert done.record.cells == {"one": Output("1\n\n"), "three": Output("2\n")}
    assert done.namespace["x"] == 2


def test_a_cell_runs_as_in_a_script(ran):
    assert ran("# %% one\nprint(__name__)\n").record.cells["one"].text == "__main__\n"


def test_a_record_knows_its_code_and_versions(chapter):
    read = chapter("# %% one\nx = 1\n")
    record = run_cells(read).record
    assert record.code == code_hashes(read)
    assert record.versions == installed_versions()
    assert "keras" in record.versions


def test_an_expected_error_is_recorded_with_the_output_before_it(ran):
    record = ran(must_raise('print("first")', 'raise ValueError("two\\nlines")')).record
    assert record.cells["fail"] == Output("first\n", "ValueError: two\nlines\n")
    assert record.cells["fail"].raises == "ValueError"


def test_cells_after_one_that_must_raise_still_run(ran):
    record = ran(must_raise("x = 1", "int('y')") + "\n# %% next\nprint(x)\n").record
    assert record.cells["next"].text == "1\n"


def test_a_syntax_error_is_recorded_without_its_location(ran):
    assert ran(must_raise('print("hello"')).record.cells["fail"].error == "SyntaxError: '(' was never closed\n"


def test_a_cell_may_end_with_a_call_that_returns_none(ran):
    assert ran("# %% one\nprint(1)\n").record.cells["one"].text == "1\n"


# --- errors of authors ---


def test_a_cell_that_raises_without_a_tag_is_refused_at_its_line(refused):
    message = refused("# %% one\nx = 1\n\n# %% two\ny = 2\nint('x')\nz = 3\n")
    assert message == (
        "6: the cell “two” raised ValueError: invalid literal for int() with base 10: 'x'\n"
        'If it must, mark it `tags=["raises-exception"] active="ipynb"`.'
    )


def test_an_error_in_a_function_of_another_cell_is_reported_at_its_line(refused):
    text = "# %% define\ndef fail():\n    return 1 / 0\n\n# %% call\nx = fail()\n"
    assert refused(text).startswith("3: the cell “call” raised ZeroDivisionError: division by zero")


def test_an_error_without_a_line_is_reported_at_the_cell(refused):
    assert refused("# %% one\nx = 1\n\n# %% two\nreturn\n").startswith(
        "5: the cell “two” raised SyntaxError: 'return' outside function"
    )


def test_a_tagged_cell_that_does_not_raise_is_refused(refused):
    assert refused(must_raise("x = 1")) == "2: the cell “fail” is tagged raises-exception and did not raise"


def test_a_cell_that_ends_in_a_value_is_refused(refused):
    assert refused("# %% one\nx = 1\nx\n").startswith("2: the cell “one” ends in a value (int), which a notebook would show")


def test_a_cell_that_warns_is_refused(refused):
    text = '# %% one\nimport warnings\n\nwarnings.warn("old")\n'
    assert refused(text) == "2: the cell “one” warns: UserWarning: old"


def test_the_known_warning_at_the_first_model_is_ignored(ran):
    text = '# %% one\nimport warnings\n\nwarnings.warn("Possible nested set at position 1", FutureWarning)\n'
    assert ran(text).record.cells == {}


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("print('<KerasTensor keras_tensor_12>')", "a generated tensor name (“keras_tensor_12”)"),
        ("print('10/10 - 2s - 21ms/step')", "a time (“1ms/step”)"),
        ("print('3s/epoch')", "a time (“3s/epoch”)"),
        ("print('10/10 ━━━━━━ loss: 1')", "a progress bar (“10/10 ━”)"),
        ("print('10/10 [====]')", "a progress bar (“10/10 [”)"),
        ("print(object())", "an address in memory (“ at 0x"),
    ],
)
def test_a_cell_with_unstable_output_is_refused(refused, code, what):
    assert refused(f"# %% one\n{code}\n").startswith(f"2: the cell “one” prints {what}")


def test_a_cell_with_an_unstable_error_is_refused(refused):
    message = refused(must_raise("raise ValueError('keras_tensor_12')"))
    assert message == "2: the cell “fail” prints a generated tensor name (“keras_tensor_12”), which differs from run to run"


# --- plots ---

DRAW = """\
# %% draw
import matplotlib.pyplot as plt

plt.plot([1, 2], [3, 4], label="one-hot labels")
plt.xlabel("epoch")
plt.legend()
plt.show()

# %% after
print(plt.get_fignums())
"""


def test_a_plot_is_recorded_with_data_and_texts_and_then_closed(ran):
    record = ran(DRAW).record
    (plot,) = record.cells["draw"].plots
    assert set(plot.texts) == {"one-hot labels", "epoch"}
    assert plot.data["axes"][0]["lines"][0]["y"] == [3.0, 4.0]
    assert plot.svg.startswith("<svg ")
    assert record.cells["after"] == Output("[]\n")


def test_several_plots_of_a_cell_are_recorded_in_order(ran):
    record = ran(
        DRAW.replace("plt.show()\n", 'plt.figure()\nplt.plot([5, 6], [7, 8])\nplt.xlabel("step")\nplt.show()\n')
    ).record
    assert [plot.data["axes"][0]["xlabel"] for plot in record.cells["draw"].plots] == ["epoch", "step"]


def test_a_cell_never_draws_into_a_figure_from_before_the_run(ran):
    import matplotlib.pyplot as plt

    plt.title("of another run")
    (plot,) = ran(DRAW).record.cells["draw"].plots
    assert set(plot.texts) == {"one-hot labels", "epoch"}


def test_a_figure_drawn_but_not_shown_is_refused(refused):
    message = refused(DRAW.replace("plt.show()\n", "axes = plt.gca()\n"))
    assert message.startswith("2: the cell “draw” draws a figure without showing it")
    assert message.endswith("end the drawing with `plt.show()`")


# --- models ---

MODELS = """\
# %% first
import keras

inputs = keras.Input(shape=(2,), name="x")
model = keras.Model(inputs, keras.layers.Dense(1, name="y")(inputs))

# %% second
class Own(keras.Model):
    pass


own, same = Own(), model

# %% third
other = keras.Model(inputs, keras.layers.Dense(2, name="z")(inputs))
"""


def test_the_models_at_the_end_of_a_chapter_are_recorded_by_variable(ran):
    record = ran(MODELS).record
    assert {name: [node.name for node in diagram.nodes] for name, diagram in record.diagrams.items()} == {
        "model": ["x", "y"],
        "other": ["x", "z"],
        "same": ["x", "y"],
    }
    assert record.rebound == {}
    assert all(diagram.layout is None for diagram in record.diagrams.values())


def test_a_rebound_model_variable_is_recorded_with_its_cells(ran):
    record = ran(MODELS.replace("other = ", "model = ")).record
    assert record.rebound == {"model": ["first", "third"]}


def test_summaries_have_the_same_width_on_every_machine(ran):
    record = ran(MODELS + "model.summary()\n").record
    lines = record.cells["third"].text.splitlines()
    assert max(map(len, lines)) <= int(ENVIRONMENT["COLUMNS"])
    assert any("Total params: 3" in line for line in lines)


TRAIN = """\
# %% make
import keras
import numpy as np

x, y = np.zeros((64, 1)), np.zeros((64, 1))
inputs = keras.Input(shape=(1,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
model.compile(loss="mse")

# %% quick
history = model.fit(x, y, epochs=2, batch_size=8, verbose=0)
print(len(history.epoch), history.params["steps"])

# %% long tags=["slow"]
history = model.fit(x, y, 8, epochs=3, verbose=0{validation})
print(len(history.epoch), history.params["steps"], sorted(history.history))
"""


@pytest.mark.parametrize("validation", ["", ", validation_split=0.5", ", validation_data=(x, y)"])
def test_a_short_run_shortens_the_training_of_slow_cells_only(ran, validation):
    record = ran(TRAIN.format(validation=validation), short=True).record
    measured = ["loss", "val_loss"] if validation else ["loss"]
    assert record.cells["quick"].text == "2 8\n"
    assert record.cells["long"].text == f"1 2 {measured}\n"


def test_a_full_run_trains_slow_cells_in_full(ran, keras):
    assert ran(TRAIN.format(validation=""), short=False).record.cells["long"].text == "3 8 ['loss']\n"


# --- chapters in separate processes ---


def test_each_chapter_runs_in_its_own_process_and_is_yielded_when_done(chapter):
    leave = 'import os\n\nos.environ["LEFT"] = "by one"\nprint("one")'
    one = chapter(f"# %% cell\n{leave}\n", "one")
    two = chapter('# %% cell\nimport os\n\nprint("two", os.environ.get("LEFT"))\n', "two")
    runs = run_chapters([one, two])
    assert next(runs)[1].cells == {"cell": Output("one\n")}
    assert next(runs) == (two, run_cells(two).record)
    assert list(runs) == []
    assert multiprocessing.active_children() == []


def test_inherited_objects_are_never_destroyed_in_the_process(chapter, tmp_path):
    class Inherited:
        def __del__(self, path=tmp_path / "destroyed"):
            path.touch()

    inherited = Inherited()
    inherited.itself = inherited
    gc.disable()
    try:
        del inherited
        list(run_chapters([chapter("# %% one\nimport gc\n\nfound = gc.collect()\n")]))
        assert not (tmp_path / "destroyed").exists()
    finally:
        gc.enable()


def test_an_authors_mistake_leaves_the_process_with_its_place(chapter):
    with pytest.raises(WeaveError, match=r"first_steps.py:3: the cell “one” raised ZeroDivisionError"):
        list(run_chapters([chapter("# %% one\nx = 1\ny = x / 0\n")]))


@pytest.mark.parametrize(
    ("code", "exit_code"), [("os.kill(os.getpid(), 9)", -signal.SIGKILL), ("os._exit(3)", 3), ("raise SystemExit(4)", 4)]
)
def test_a_process_that_dies_is_reported_with_its_chapter(chapter, code, exit_code):
    with pytest.raises(WeaveError, match=rf"first_steps.py: the process that ran the chapter died with exit code {exit_code}$"):
        list(run_chapters([chapter(f"# %% one\nimport os\n\n{code}\n")]))


def test_an_interrupted_run_stops_its_process_too(chapter, tmp_path, monkeypatch):
    started = tmp_path / "started"
    endless = chapter(f"# %% one\nimport pathlib, time\n\npathlib.Path({str(started)!r}).touch()\ntime.sleep(20)\n")

    def interrupted(connection):
        while not started.exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(Connection, "recv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(run_chapters([endless]))
    assert multiprocessing.active_children() == []


def test_a_run_from_the_command_line_gives_the_recorded_outputs(tiny):
    result = CliRunner().invoke(main, ["--root", str(tiny.root), "run", "greetings"])
    assert (result.exit_code, result.stdout) == (0, "greetings: 0 differences (1 of 1)\n")


@pytest.mark.parametrize("death", ["", "\n\nimport os\n\nos._exit(3)"], ids=["mistake", "death"])
def test_an_interrupted_recording_leaves_the_old_outputs_unchanged(tiny, death):
    files = {path: path.read_bytes() for path in tiny.project.outputs.rglob("*") if path.is_file()}
    tiny.replace("snippets/greetings.py", "print(hands)", f"print(hands){death}\nprint(hands / 0)")
    result = CliRunner().invoke(main, ["--root", str(tiny.root), "run", "--record", "greetings"])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1].startswith("snippets/greetings.py:")
    assert {path: path.read_bytes() for path in tiny.project.outputs.rglob("*") if path.is_file()} == files


def test_a_chapter_with_its_own_backend_runs_in_a_fresh_process(chapter, keras):
    keras.left_behind = True  # a fork would inherit it
    code = "import keras\n\nprint(keras.backend.backend(), hasattr(keras, 'left_behind'))"
    ((_, record),) = run_chapters([chapter(f"# %% one\n{code}\n", "steps_tensorflow")])
    del keras.left_behind
    assert record.cells["one"].text == "tensorflow False\n"


OLDER = "# %% one\nimport keras\n\nprint(keras.__version__)\n"


def test_a_chapter_for_an_older_keras_runs_with_it(chapter):
    ((_, record),) = run_chapters([chapter(OLDER, "keras_3_6")])
    assert record.cells["one"].text == "3.6.0\n"
    assert record.versions["keras"] == "3.6.0"


def test_a_missing_older_keras_is_reported_with_the_command_to_install_it(chapter):
    with pytest.raises(WeaveError, match=r"keras_3_1\.py: Keras 3\.1 is not in .*: `make setup` installs"):
        list(run_chapters([chapter(OLDER, "keras_3_1")]))


def test_an_error_that_tensorflow_prints_in_bold_is_recorded_plain(ran):
    error = ran(must_raise('raise ValueError("in \\033[1mbold\\033[0m")')).record.cells["fail"].error
    assert error == "ValueError: in bold\n"


def test_the_path_of_a_package_is_not_recorded(ran):
    raised = must_raise('print("/here/lib/site-packages/keras/a.py:1")', 'raise ValueError("see /here/site-packages/b.py")')
    output = ran(raised).record.cells["fail"]
    assert (output.text, output.error) == ("keras/a.py:1\n", "ValueError: see b.py\n")


@pytest.mark.parametrize("guess", ["Did you mean: 'compile'?", "Did you forget to import 'keras'?"])
def test_suggestions_of_newer_pythons_are_not_recorded(ran, guess):
    error = ran(must_raise(f'raise AttributeError("nothing here. {guess}")')).record.cells["fail"].error
    assert error == "AttributeError: nothing here\n"


def test_a_model_with_too_many_layers_to_draw_is_not_recorded(ran):
    stack = "keras.Sequential([keras.Input((2,)), *(keras.layers.ReLU() for _ in range({}))])"
    done = ran(f"# %% one\nimport keras\n\nsmall = {stack.format(2)}\nlarge = {stack.format(70)}\n")
    assert list(done.record.diagrams) == ["small"]


# --- other arithmetic ---

NUDGED = """\
# %% make
import keras

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(2)])
kernel, bias = model.layers[0].get_weights()
print(f"{kernel[0, 0]:.3f} {bias[0]:.3f}")
"""


@pytest.fixture
def measure(chapter, ran, monkeypatch):
    """Records a text with its noise, without a process for each setting."""

    def measure(text):
        read = chapter(text)
        monkeypatch.setattr(
            docweave.running.run,
            "run_under",
            lambda chapter, settings: [(one, run_cells(chapter, setting=one).record) for one in settings],
        )
        return measured(read, run_cells(read).record)

    return measure


def test_a_setting_sets_the_environment_before_the_process_starts(chapter):
    code = "# %% one\nimport os\n\nprint(os.environ.get('ONEDNN_MAX_CPU_ISA'), f'{1 / 3:.2f}')\n"
    settings = [Setting("narrow", wide=False), Setting("AVX2", {"ONEDNN_MAX_CPU_ISA": "AVX2"})]
    (_, narrow), (setting, wide) = run_under(chapter(code), settings)
    assert narrow.cells["one"].text == "None 0.33\n"
    assert setting.name == "AVX2"
    assert wide.cells["one"].text == "AVX2 0.333333333333\n"
    assert "ONEDNN_MAX_CPU_ISA" not in os.environ


def test_a_mistake_under_a_setting_names_it(chapter):
    code = "# %% one\nimport os\n\nassert os.environ.get('ONEDNN_MAX_CPU_ISA') is None\n"
    with pytest.raises(WeaveError, match=r"first_steps.py:4: under “AVX2”, the cell “one” raised AssertionError"):
        list(run_under(chapter(code), [Setting("AVX2", {"ONEDNN_MAX_CPU_ISA": "AVX2"})]))


def test_a_nudge_moves_each_random_weight_by_about_a_millionth(ran):
    plain = ran(NUDGED, setting=Setting("plain")).namespace
    nudged = ran(NUDGED, setting=Setting("nudge", nudge=1)).namespace
    change = nudged["kernel"] / plain["kernel"] - 1
    assert 1e-7 < abs(change).max() < 2e-6
    assert (nudged["bias"] == 0).all()


def test_equal_weights_are_nudged_alike_and_two_nudges_differ(ran):
    one, same, other = (ran(NUDGED, setting=Setting("nudge", nudge=nudge)).namespace["kernel"] for nudge in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_another_seed_gives_different_weights(ran):
    plain, other = (ran(NUDGED, setting=Setting("seed", seed=seed)).namespace["kernel"] for seed in (0, 1))
    assert (plain != other).all()


def test_a_record_keeps_each_number_under_each_setting(measure):
    record = measure(NUDGED)
    assert list(record.numbers) == ["make"]
    assert list(record.numbers["make"]) == [setting.name for setting in (PLAIN, *NOISE, *SEEDS)]
    plain, nudged = record.numbers["make"]["plain"], record.numbers["make"]["nudge 1"]
    assert nudged[0] == pytest.approx(plain[0], rel=2e-6)
    assert plain[1] == 0


def test_a_digit_that_changes_under_noise_is_refused(measure):
    with pytest.raises(WeaveError, match=r"first_steps.py:2: the cell “make” prints .* when only the arithmetic changes"):
        measure(NUDGED.replace("{kernel[0, 0]:.3f}", "{float(kernel[0, 0]) ** 8:.7e}"))


def test_a_word_that_changes_under_noise_is_refused(measure, ran):
    drawn = float(ran(NUDGED).namespace["kernel"][0, 0])
    code = NUDGED + f"print(float(kernel[0, 0]) == {drawn!r})\n"
    with pytest.raises(
        WeaveError, match=r"the cell “make” gives something else under “nudge 1”:\n--- recorded\n\+\+\+ nudge 1"
    ):
        measure(code)


def test_a_verdict_that_changes_with_the_seed_is_refused(measure, ran):
    drawn = float(ran(NUDGED).namespace["kernel"][0, 0])
    code = NUDGED + f"print(abs(float(kernel[0, 0]) - {drawn!r}) < 1e-4)\n"
    with pytest.raises(WeaveError, match=r"the cell “make” gives something else under “seed 1”"):
        measure(code)


def test_the_noise_of_a_curve_is_recorded(measure):
    draw = "\n# %% draw\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2], [1, 1e3 * float(kernel[0, 0])])\nplt.show()\n"
    (drift,) = measure(NUDGED + draw).drift["draw"]
    assert 0 < drift < 1e-5
