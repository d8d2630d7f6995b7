"""Serve the cached digits through `keras.datasets.mnist`, without importing Keras before anyone else does.

Keras' module imports `get_file` into its own namespace, so that replacing that one name affects only this dataset.
"""

import functools
import sys
from importlib.machinery import PathFinder

MODULE = "keras.src.datasets.mnist"


def install():
    """Serve the digits in this process: at once if Keras is imported, otherwise as soon as it is."""
    if MODULE in sys.modules:
        serve(sys.modules[MODULE])
    elif not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def serve(module):
    """Give Keras' dataset module a `get_file` that uses the cache. Calling this twice does no harm."""
    import mnist_cache  # not at the top, so that a process without Keras does not pay for it

    if not isinstance(module.get_file, functools.partial):
        module.get_file = functools.partial(mnist_cache.get_file, module.get_file)


class Finder:
    """Finds Keras' dataset module like Python, and replaces its `get_file` once it has run."""

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
