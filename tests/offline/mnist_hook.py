"""Puts the cached digits behind `keras.datasets.mnist`, without importing Keras: it waits until somebody else does.

Keras' module takes `get_file` into its own namespace, so replacing that one name changes this dataset and nothing else.
"""

import functools
import sys
from importlib.machinery import PathFinder

MODULE = "keras.src.datasets.mnist"


def install():
    """Serve the digits in this process, now if Keras is imported, else as soon as it is."""
    if MODULE in sys.modules:
        serve(sys.modules[MODULE])
    elif not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def serve(module):
    """Give Keras' dataset module a `get_file` that knows the cache; once is enough, twice does no harm."""
    import mnist_cache  # here, so that a process without Keras does not pay for it

    if not isinstance(module.get_file, functools.partial):
        module.get_file = functools.partial(mnist_cache.get_file, module.get_file)


class Finder:
    """Finds Keras' dataset module where Python would, and has it served once it has run."""

    def find_spec(self, name, path, target=None):
        if name != MODULE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None:
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                serve(module)

            spec.loader.exec_module = exec_module
        return spec
