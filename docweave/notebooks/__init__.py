"""A chapter as a notebook and as a script: the prose and comments of one language, the tested code, the recorded outputs."""

from docweave.notebooks.notebook import notebook, written
from docweave.notebooks.script import script

__all__ = ["notebook", "script", "written"]
