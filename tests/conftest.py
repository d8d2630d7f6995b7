"""Provide the digits of MNIST without a download to all tests and their child processes (see tests/offline)."""

import os
import sys
from pathlib import Path

pytest_plugins = ["tests.programs"]

HERE = Path(__file__).parent
OFFLINE = str(HERE / "offline")
if OFFLINE not in sys.path:
    sys.path.insert(0, OFFLINE)
if OFFLINE not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join([OFFLINE, *filter(None, [os.environ.get("PYTHONPATH")])])

import mnist_hook  # noqa: E402  (its folder was added to the path above)

mnist_hook.install()


def pytest_collection_modifyitems(items):
    """Put the files of this folder first, since they run every chapter as readers do and take longest.

    Started last, one of them would run alone in the end.
    """
    items.sort(key=lambda item: item.path.parent != HERE)
