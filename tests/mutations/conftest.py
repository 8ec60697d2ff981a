"""Damage of every kind to what others made: named errors or sound answers, nothing else.

`make fuzz` tries 100 mutants of each file instead of a few; the same ones each time.
"""

import copy
import functools
import io
import json
import operator
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as draw

from phototags.errors import PhototagsError

EXAMPLES = int(os.environ.get("PHOTOTAGS_EXAMPLES", 5))
HOSTILE = [
    b"\0",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"../" * 3,
    b"/etc/passwd\0",
    b"\t",
    b"\n",
    b",",
]
HOSTILE += [
    b'"',
    b"%00%zz%",
    b"[" * 50,
    b"{",
    b"null",
    b"-1",
    b"1e999",
    b"NaN",
    b"\xc3\x28",
    b"&x;",
]
ODD = [None, True, -1, 2**70, 1.5, "", "x", "../x", [], [None], {}, {"x": 1}]
Write = Callable[[bytes, Path], object]
KINDS = ("overwrite", "insert", "cut", "repeat", "end")
CHANGES = draw.lists(
    draw.tuples(
        draw.sampled_from(KINDS),
        draw.floats(0, 1),
        draw.sampled_from(HOSTILE) | draw.binary(min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=4,
)


def mutant(content: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    """The content after changes at places told as a share of its length.

    >>> mutant(b"abcd", [("overwrite", 0.5, b"X"), ("end", 0.75, b"")])
    b'abX'
    """
    for kind, share, piece in changes:
        at = int(share * len(content))
        end = at + len(piece)
        content = {
            "overwrite": content[:at] + piece + content[end:],
            "insert": content[:at] + piece + content[at:],
            "cut": content[:at] + content[end:],
            "repeat": content[:end] + content[at:],
            "end": content[:at],
        }[kind]
    return content


def places(document: object, above: tuple = ()) -> Iterator[tuple]:
    """Where each value of a JSON document stands.

    >>> list(places({"a": [1]}))
    [('a',), ('a', 0)]
    """
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in inside:
        yield (*above, name)
        if isinstance(value, dict | list):
            yield from places(value, (*above, name))


def altered(document: object, place: tuple, value: object) -> bytes:
    """The document as JSON, with another value at one place; Ellipsis takes it away."""
    document = copy.deepcopy(document)
    *above, last = place
    holder = functools.reduce(operator.getitem, above, document)
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return json.dumps(document).encode()


def alterations(document: object) -> draw.SearchStrategy[bytes]:
    """JSON that is well-formed, but not what was expected."""
    somewhere, something = draw.sampled_from(list(places(document))), draw.sampled_from([..., *ODD])
    return draw.builds(functools.partial(altered, document), somewhere, something)


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def survives(tmp_path):
    """Check that reading mutants of a file raises PhototagsErrors at most, and writes nothing.

    Args of what is yielded:
        content: the sound file, which must be read without an error; what is no bytes as JSON,
            of which values are changed as well as bytes.
        read: takes the folder in which the file lies.
        write: puts a content into that folder.
    """
    folder = tmp_path / "folder"

    def check(content: bytes | object, read: Callable, write: Write) -> None:
        altered = draw.nothing() if isinstance(content, bytes) else alterations(content)
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        folder.mkdir()
        write(content, folder)
        read(folder)
        others = files_of(tmp_path).keys()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(altered | CHANGES.map(lambda changes: mutant(content, changes)))
        def endure(content):
            write(content, folder)
            try:
                read(folder)
            except PhototagsError as error:
                assert str(error)
            assert files_of(tmp_path).keys() == others

        endure()

    return check


def as_file(name: str) -> Write:
    return lambda content, folder: (folder / name).write_bytes(content)


def in_zip(name: str, inside: str, others: Mapping[str, bytes] = {}) -> Write:
    def write(content: bytes, folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, other in {**others, inside: content}.items():
                archive.writestr(path, other)

    return write


def in_tar(name: str, inside: str, others: Mapping[str, bytes] = {}) -> Write:
    def write(content: bytes, folder: Path) -> None:
        (folder / name).write_bytes(tar_of({**others, inside: content}))

    return write


def tar_of(files: Mapping[str, bytes | str], mode: str = "w") -> bytes:
    """A tar of files (bytes) and symbolic links (str: where to)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


class Packing:
    """Ways to put a content into a folder (the tests' folder is on no path: importlib mode)."""

    as_file = staticmethod(as_file)
    in_zip = staticmethod(in_zip)
    in_tar = staticmethod(in_tar)
    tar_of = staticmethod(tar_of)


@pytest.fixture(scope="session")
def packing() -> type[Packing]:
    return Packing
