"""The rooms of docweave: who knows whom, and who knows which outside tool."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "docweave").rglob("*.py"))
}
# Outside tools, each with the only rooms that may know it.
TOOLS = {
    "mkdocs": ["docweave.site"],
    "mkdocs_jupyter": ["docweave.site"],
    "markdown": ["docweave.site"],
    "jinja2": ["docweave.site"],
    "markdown_it": ["docweave.markdown", "docweave.pages", "docweave.saying"],
    "mdit_py_plugins": ["docweave.markdown"],
    "keras": ["docweave.running"],
    "tensorflow": ["docweave.running"],
    "matplotlib": ["docweave.running", "docweave.drawings.figures"],
    "babel": ["docweave.catalogs", "docweave.attest"],
    "nbformat": ["docweave.notebooks", "docweave.site.jupyter", "docweave.cells"],
    "jupytext": ["docweave.notebooks", "docweave.cells"],
    "pygments": ["docweave.blocks"],
    "click": ["docweave.cli"],
}


def imports(name):
    """The modules that a module imports, ours by their full names, others by their packages."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{name}: imports are absolute"
            deeper = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= deeper or {node.module}
    return {module if module in MODULES else module.partition(".")[0] for module in found} - {name}


def test_there_is_no_circle():
    tuple(TopologicalSorter({name: imports(name) & MODULES.keys() for name in MODULES}).static_order())


@pytest.mark.parametrize("tool", TOOLS)
def test_an_outside_tool_is_known_only_in_its_room(tool):
    users = [name for name in MODULES if tool in imports(name)]
    assert users, f"nobody uses {tool} any more"
    assert [name for name in users if not name.startswith(tuple(TOOLS[tool]))] == []


@pytest.mark.parametrize("room", ["docweave.running", "docweave.site"])
def test_only_commands_know_what_runs_cells_and_what_builds_the_site(room):
    users = {name for name in MODULES if any(other.startswith(room) for other in imports(name))}
    assert {name for name in users if not name.startswith(room)} == {"docweave.cli"}


def test_a_module_is_read_at_one_sitting():
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert max(lengths.values()) <= 460, max(lengths, key=lengths.get)
