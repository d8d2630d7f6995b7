"""Run code as a reader would paste it: block after block, into a fresh Python."""

import json
import os
import subprocess
import sys

from docweave.running.run import ENVIRONMENT

# Blocks that must raise leave no names behind: the others also run as a script, which lacks these blocks.
READER = """
import contextlib, io, json, sys

from docweave.running.run import shortened

namespace, results = {"__name__": "__main__"}, []
for block, raises, slow in json.load(sys.stdin):
    raised = ""
    with contextlib.redirect_stdout(io.StringIO()) as printed, shortened() if slow else contextlib.nullcontext():
        try:
            exec(block, dict(namespace) if raises else namespace)
        except Exception as error:
            if not raises:
                raise
            raised = type(error).__name__
    results.append((printed.getvalue(), raised))
print(json.dumps(results))
"""


def paste(blocks: list[tuple[str, str, bool]]) -> list[tuple[str, str]]:
    """Run blocks of code in one namespace.

    Args:
        blocks: for each block its code, the type of the error it must raise (or nothing), and whether it is slow and
            runs in a short form.

    Returns:
        for each block the printed text and the type of the error raised.
    """
    run = [sys.executable, "-c", READER]
    done = subprocess.run(
        run, input=json.dumps(blocks), env=os.environ | ENVIRONMENT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return [tuple(each) for each in json.loads(done.stdout)]
