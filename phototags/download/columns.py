"""Arrow columns straight from buffers: every other way from Python values imports pandas.

pandas would take more memory than the download itself. Layout: the Arrow columnar format 1.4.
"""

from array import array
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from phototags.io.storage import atomic_write

NUMBERS = {"int64": "q", "float64": "d"}


def _bits(flags: Sequence[bool]) -> bytes:
    """Packed booleans, the first in the lowest bit."""
    digits = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(digits or "0", 2).to_bytes((len(flags) + 7) // 8, "little")


def column(kind: str, values: Sequence):
    """An Arrow array of `kind` (int64, float64, bool, string); None is null.

    >>> column("string", ["sea", None, "ü"]).to_pylist(), column("int64", [1, None]).to_pylist()
    (['sea', None, 'ü'], [1, None])
    """
    import pyarrow

    if kind == "string":
        texts = [(value or "").encode(errors="replace") for value in values]
        buffers = [array("i", [0, *accumulate(map(len, texts))]).tobytes(), b"".join(texts)]
    elif kind == "bool":
        buffers = [_bits([bool(value) for value in values])]
    else:
        buffers = [array(NUMBERS[kind], [value or 0 for value in values]).tobytes()]
    known = _bits([value is not None for value in values])
    return pyarrow.Array.from_buffers(
        pyarrow.type_for_alias(kind),
        len(values),
        [pyarrow.py_buffer(buffer) for buffer in (known, *buffers)],
    )


def write_columns(path: Path, columns: dict[str, tuple[str, Sequence]]) -> None:
    """Write a parquet table of named columns, each a kind and its values."""
    import pyarrow
    import pyarrow.parquet as parquet

    arrays = [column(kind, values) for kind, values in columns.values()]
    with atomic_write(path) as part, open(part, "wb") as file:  # a path would load pyarrow.fs
        parquet.write_table(pyarrow.Table.from_arrays(arrays, names=list(columns)), file)
