"""Which code a script runs: Snakemake sees an edited script, but not an edited import."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "phototags"


def code_of(script: str, root: Path) -> list[str]:
    """A script and every module of phototags that it imports, at any depth.

    Imports inside of functions count. A folder's `__init__.py` does not, since importing a folder
    runs nothing; but who imports the package itself reads its version, which is there.

    Args:
        script: below root, as all that is returned.

    Returns:
        the script, then the modules, sorted.

    >>> code_of("phototags/io/logs.py", Path())
    ['phototags/io/logs.py', 'phototags/errors.py']
    """
    todo, seen = [script], set()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += imported(path, root)
    return [script, *sorted(seen - {script})]


@functools.cache
def imported(path: str, root: Path) -> tuple[str, ...]:
    """The modules of phototags that one file imports itself."""
    files = map(file_of, names((root / path).read_text()))
    return tuple(file for file in dict.fromkeys(files) if (root / file).is_file())


def file_of(module: str) -> str:
    """The file that a module would lie in.

    >>> file_of("phototags.tags.split"), file_of("phototags")
    ('phototags/tags/split.py', 'phototags/__init__.py')
    """
    return "phototags/__init__.py" if module == PACKAGE else module.replace(".", "/") + ".py"


def names(code: str) -> Iterator[str]:
    """What code imports of phototags; of `from a import b` both `a` and `a.b`, a module or not.

    >>> list(names("import phototags, os; from phototags.tags import split"))
    ['phototags', 'phototags.tags', 'phototags.tags.split']
    """
    nodes: list[ast.AST] = [ast.parse(code)]
    for node in nodes:  # which grow on the way; expressions, most of any tree, import nothing
        nodes += (one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.expr))
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in found if name.split(".")[0] == PACKAGE)
