"""Columns made from buffers are those that arrow makes from values."""

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as some

from phototags.download.columns import column

VALUES = {
    "int64": some.integers(-(2**63), 2**63 - 1),
    "float64": some.floats(allow_nan=False),
    "bool": some.booleans(),
    "string": some.text(some.characters(exclude_categories=["Cs"])),
}


@pytest.mark.parametrize("kind", VALUES)
@given(some.data())
def test_a_column_equals_the_one_arrow_makes(kind, data):
    values = data.draw(some.lists(some.none() | VALUES[kind], max_size=40))
    made = column(kind, values)
    made.validate(full=True)
    assert made.equals(pyarrow.array(values, pyarrow.type_for_alias(kind)))
