"""The table of kinds that people met (cases.tsv): each has a test, and each stands once."""

import ast
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
with open(Path(__file__).with_name("cases.tsv"), newline="", encoding="utf-8") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["kind"])
def test_the_test_of_each_kind_exists(case):
    path, _, name = case["test"].partition("::")
    functions = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    assert name in {one.name for one in functions if isinstance(one, ast.FunctionDef)}
    assert all(case.values())


def test_each_kind_stands_once():
    kinds = [case["kind"] for case in CASES]
    assert len(kinds) == len(set(kinds))


def test_each_promise_of_security_names_tests_that_exist():
    lines = (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and line[2:5] not in ("pro", "---")]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[^`]+)`", row)
        assert named and all((ROOT / path).is_file() for path in named), row
