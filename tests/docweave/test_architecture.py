"""The rooms of docweave: the imports between modules, and the outside tools that each may import."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "docweave").rglob("*.py"))
}
# Outside tools, each with the only rooms that may import it.
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
    """Return the modules that a module imports: ours by their full names, others by their packages."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{name}: imports are absolute"
            deeper = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= deeper or {node.module}
    return {module if module in MODULES else module.partition(".")[0] for module in found} - {name}


def test_imports_are_acyclic():
    tuple(TopologicalSorter({name: imports(name) & MODULES.keys() for name in MODULES}).static_order())


@pytest.mark.parametrize("tool", TOOLS)
def test_an_outside_tool_is_imported_only_in_its_own_room(tool):
    users = [name for name in MODULES if tool in imports(name)]
    assert users, f"{tool} is no longer used"
    assert [name for name in users if not name.startswith(tuple(TOOLS[tool]))] == []


@pytest.mark.parametrize("room", ["docweave.running", "docweave.site"])
def test_only_the_command_imports_the_rooms_for_running_and_the_site(room):
    users = {name for name in MODULES if any(other.startswith(room) for other in imports(name))}
    assert {name for name in users if not name.startswith(room)} == {"docweave.cli"}


def test_no_module_is_too_long():
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert max(lengths.values()) <= 460, max(lengths, key=lengths.get)
