"""Hash the code that a rule's script runs. Snakemake notices an edited script, not its imports."""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "phototags"
LOCK = "requirements.lock"


class Source(NamedTuple):
    """A parsed file.

    Attributes:
        imports: files of phototags that it imports itself.
        tree: its syntax tree as text, without docstrings, comments and layout.
    """

    imports: tuple[str, ...]
    tree: str


def hash_code(script: str, root: Path) -> str:
    """Hash a script, the modules that it imports at any depth, and the locked packages.

    Docstrings, comments and layout do not count, so that better prose reruns nothing.

    Args:
        script: path below root.
        root: the checkout; its requirements.lock counts where there is one.

    Returns:
        16 hexadecimal digits of a sha256.
    """
    digest = hashlib.sha256()
    for path in list_code(script, root):
        digest.update(f"{path}\0{read_source(path, root).tree}\0".encode())
    if (root / LOCK).exists():
        digest.update((root / LOCK).read_bytes())
    return digest.hexdigest()[:16]


def list_code(script: str, root: Path) -> list[str]:
    """List a script and every module of phototags that it imports, at any depth.

    Imports inside functions count. A folder's `__init__.py` does not, since it holds no code, but
    phototags' own does where the package itself is imported: it holds the version. `import` of a
    folder itself counts as importing each of its modules: they are then found by listing it.

    Returns:
        paths below root: the script, then the modules, sorted.

    >>> list_code("phototags/io/logs.py", Path())
    ['phototags/io/logs.py', 'phototags/errors.py']
    """
    todo, seen = [script], set()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += read_source(path, root).imports
    return [script, *sorted(seen - {script})]


@functools.cache
def read_source(path: str, root: Path) -> Source:
    """Parse one file."""
    tree = ast.parse((root / path).read_text())
    files = [locate_module(name) for name in list_imports(tree)]
    files += [
        str(module.relative_to(root))
        for name in list_folder_imports(tree)
        for module in sorted((root / name.replace(".", "/")).glob("[!_]*.py"))
    ]
    found = tuple(file for file in dict.fromkeys(files) if (root / file).is_file())
    return Source(found, dump_code(tree))


def locate_module(name: str) -> str:
    """Path of the file that holds a module.

    >>> locate_module("phototags.tags.split"), locate_module("phototags")
    ('phototags/tags/split.py', 'phototags/__init__.py')
    """
    return "phototags/__init__.py" if name == PACKAGE else name.replace(".", "/") + ".py"


def walk_statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without its expressions, most of its nodes: they hold no statements."""
    yield tree
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.expr):
            yield from walk_statements(node)


def list_imports(tree: ast.AST) -> Iterator[str]:
    """Names of phototags that code imports; of `from a import b` both `a` and `a.b`.

    >>> list(list_imports(ast.parse("import phototags, os; from phototags.tags import split")))
    ['phototags', 'phototags.tags', 'phototags.tags.split']
    """
    for node in walk_statements(tree):
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in found if name.split(".")[0] == PACKAGE)


def list_folder_imports(tree: ast.AST) -> Iterator[str]:
    """Names below phototags of `import a.b` statements, which may be folders.

    >>> list(list_folder_imports(ast.parse("import phototags, phototags.systems")))
    ['phototags.systems']
    """
    for node in walk_statements(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith(f"{PACKAGE}."))


def dump_code(tree: ast.AST) -> str:
    """Write a syntax tree as text, without strings that stand alone (docstrings).

    >>> dump_code(ast.parse("def f(): 'doc'; pass")) == dump_code(ast.parse("def f(): pass"))
    True
    """
    for node in walk_statements(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not is_docstring(one)]
    return ast.dump(tree)


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is a string and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
