"""What every test has: the digits of MNIST without a download, in this process and in those it starts (see tests/offline)."""

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

import mnist_hook  # noqa: E402

mnist_hook.install()


def pytest_collection_modifyitems(items):
    """Put the files of this folder first, which run every chapter as readers do.

    Begun last, one of them would be waited for alone.
    """
    items.sort(key=lambda item: item.path.parent != HERE)
