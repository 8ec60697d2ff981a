"""The package is a stack: each module imports only from layers below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = [  # from the bottom up; a folder is one layer
    {"errors"},
    {"params", "io"},
    {"weights"},
    {"tags", "photos"},
    {"systems", "download", "keywords"},
    {"tag_vectors", "features"},
    {"corpora", "users"},
    {"workflow", "evaluation"},
    {"report", "search", "training"},
    {"export", "results"},
    {"box", "library"},
    {"serve"},
    {"commands"},
    {"docs"},
    {"cli", "api"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path for path in (ROOT / "phototags").rglob("*.py") if path.stem != "__init__")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def relative(path: Path) -> list[ast.ImportFrom]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_only_from_below(path):
    own = path.relative_to(ROOT / "phototags").with_suffix("").parts[0]
    assert own in LEVEL, f"say in tests/test_layers.py in which layer {own} lives"
    for name in imported(path):
        if name.startswith("phototags."):
            other = name.split(".")[1]
            assert other == own or LEVEL[other] < LEVEL[own], f"{own} imports {other}"
    assert not relative(path), "phototags.workflow.code_hash finds only imports by full name"
    tops = {name.split(".")[0] for name in imported(path)}
    assert not tops & {"snakemake", "dvc"}


@pytest.mark.parametrize("path", sorted((ROOT / "phototags").rglob("__init__.py")), ids=str)
def test_importing_a_folder_runs_nothing(path):
    """Else every module would depend on every other, and one edit would rerun everything."""
    body = ast.parse(path.read_text()).body
    assert all(isinstance(node, ast.Expr | ast.Assign) for node in body)


def test_scripts_never_import_each_other():
    names = {path.stem for path in (ROOT / "scripts").glob("*.py")}
    for path in (ROOT / "scripts").glob("*.py"):
        assert not names & set(imported(path)), path
