"""Write a chapter as a notebook and as a script: prose and comments in one language, tested code, recorded outputs."""

from docweave.notebooks.notebook import notebook, written
from docweave.notebooks.script import script

__all__ = ["notebook", "script", "written"]
