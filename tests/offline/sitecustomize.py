"""Python imports this module at startup wherever this folder is on PYTHONPATH.

Thus subprocesses and notebook kernels get the digits, too.
"""

import mnist_hook

mnist_hook.install()
