"""Python imports this at its start wherever this folder is on PYTHONPATH.

So subprocesses and notebook kernels get the digits too.
"""

import mnist_hook

mnist_hook.install()
