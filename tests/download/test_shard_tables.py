"""Tables written without pandas hold what arrow makes of the same values."""

import pyarrow
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as some

from phototags.download.shard_tables import write_columns

VALUES = {
    "Int64": some.integers(-(2**63), 2**63 - 1),
    "Float64": some.floats(allow_nan=False),
    "Boolean": some.booleans(),
    "String": some.text(some.characters(exclude_categories=["Cs"])),
}
ARROW = {"Int64": "int64", "Float64": "float64", "Boolean": "bool", "String": "string"}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table.parquet"


@pytest.mark.parametrize("kind", VALUES)
@given(some.data())
def test_a_column_equals_the_one_arrow_makes(path, kind, data):
    values = data.draw(some.lists(some.none() | VALUES[kind], max_size=40))
    write_columns(path, {"x": (kind, values)})
    (made,) = parquet.read_table(path).columns
    alias = pyarrow.type_for_alias(ARROW[kind])
    assert made.cast(alias).combine_chunks().equals(pyarrow.array(values, alias))


def test_what_utf8_cannot_hold_is_replaced(path):
    write_columns(path, {"x": ("String", ["sea", None, "\ud800"])})
    assert parquet.read_table(path)["x"].to_pylist() == ["sea", None, "?"]
