"""The outputs of the TensorFlow program in “One model, many devices”."""

import subprocess
import sys

import pytest

from docweave.running.run import ENVIRONMENT


def test_one_processor_acts_as_four_devices(printed):
    assert printed("imports") == f"tensorflow {[f'/device:CPU:{number}' for number in range(4)]}\n"


def test_the_stream_gives_batches_of_64_from_four_files(printed):
    assert printed("files").count(".csv") == 4
    assert printed("stream") == "{'weather': (64, 8), 'district': (64, 1)}\n(64, 1) 16 batches\n"


def test_shuffling_changes_the_order_in_every_epoch(printed):
    assert printed("shuffled") == "same order as in the files: False\nsame order in every epoch:  False\n"


def test_four_replicas_give_the_losses_and_weights_of_one_device(measured, printed):
    first, last = measured("one_device")
    assert last < 0.6 * first
    assert measured("mirrored") == pytest.approx([first, last], rel=2e-3)
    assert printed("mirrored").startswith("4 replicas\n")
    assert printed("agree") == "same losses:  True\nsame weights: True\n"


def test_each_replica_has_a_quarter_of_the_batch_and_the_whole_kernel(printed):
    batch, kernel = printed("where_it_is").splitlines()
    assert batch.count("(16, 8)") == kernel.count("(8, 32)") == 4


def test_a_model_built_outside_the_scope_cannot_be_trained_inside(printed):
    assert printed("outside_the_scope").startswith("RuntimeError: Mixing different")


def test_two_workers_get_equal_shares(printed):
    assert printed("shares") == "worker 0 has 16 batches of 32\nworker 1 has 16 batches of 32\n"


def test_a_custom_training_step_agrees_with_fit(measured, printed):
    assert measured("own_loop") == pytest.approx([measured("one_device")[-1]], rel=2e-3)
    assert "same loss: True" in printed("own_loop")


def test_exercise_1_takes_eight_steps(printed):
    assert printed("exercise_1_check") == "Exercise 1 is right: 8 steps, 4 devices, 32 samples each.\n"


def test_the_check_of_exercise_1_decides_rightly(chapter, project):
    """Run the cells, the solutions and the check in another process, like the chapter.

    The check does not look at weights, so that few draws are enough.
    """
    needed = ["four_devices", "imports", "files", "stream", "build_model"]
    source = "\n".join(chapter[name].source for name in needed)
    source += """
import pathlib
from docweave.cells import read_chapter
from tests.snippets.solutions import prove

strategy = tf.distribute.MirroredStrategy(devices)

def solution(batch=128, steps=8, spread=True, stream=None):
    if spread:
        with strategy.scope():
            model = build_model()
    else:
        model = build_model()
    model.optimizer.iterations.assign(steps)
    return {"exercise_model": model, "exercise_stream": stream or samples.batch(batch)}

right = {"prefetched": solution(stream=samples.batch(128, drop_remainder=True).prefetch(2))}
wrong = {
    "32 for all": (r"\\[8, 8, 8, 8\\]", solution(batch=32)),
    "outside the scope": ("outside the scope", solution(spread=False)),
    "two epochs": ("16 steps", solution(steps=16)),
}
cell = read_chapter(pathlib.Path("snippets/beyond_one_machine_tensorflow.py"))["exercise_1_check"]
prove(cell, globals() | solution(), right, wrong, seeds=2)
print("proved")
"""
    run = subprocess.run(
        [sys.executable, "-c", source], env=ENVIRONMENT, cwd=project.root, capture_output=True, text=True, check=False
    )
    assert run.stdout.endswith("proved\n"), run.stderr
