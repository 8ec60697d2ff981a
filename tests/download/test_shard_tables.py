"""Tables written without pandas hold what arrow makes of the same values."""

from dataclasses import replace

import pyarrow
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as some

from phototags.download.journal import Record
from phototags.download.shard_tables import write_downloads

VALUES = {  # of a column of each type
    "tries": some.integers(-(2**63), 2**63 - 1),
    "seconds": some.floats(allow_nan=False),
    "again": some.booleans(),
    "detail": some.text(some.characters(exclude_categories=["Cs"])),
}
TYPES = {"tries": "int64", "seconds": "float64", "again": "bool", "detail": "string"}
FIELDS = {"again": "retry_next_run"}
RECORD = Record("http://a/1", "ok", 1, 5, "ab", "http://a/1", 0.1, "", False, "r")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table.parquet"


def column_of(path, name, values):
    """The column of a table written from records with these values."""
    records = [replace(RECORD, **{FIELDS.get(name, name): value}) for value in values]
    write_downloads(path, [(row, record, None) for row, record in enumerate(records)])
    return parquet.read_table(path)[name]


@pytest.mark.parametrize("name", VALUES)
@given(some.data())
def test_a_column_equals_the_one_arrow_makes(path, name, data):
    values = data.draw(some.lists(some.none() | VALUES[name], max_size=40))
    made, kind = column_of(path, name, values), pyarrow.type_for_alias(TYPES[name])
    assert made.cast(kind).combine_chunks().equals(pyarrow.array(values, kind))


def test_what_utf8_cannot_hold_is_replaced(path):
    assert column_of(path, "detail", ["sea", None, "\ud800"]).to_pylist() == ["sea", None, "?"]
