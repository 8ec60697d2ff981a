"""Check files of params, and the values in them, before they are interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from phototags.errors import ParamsError
from phototags.io.storage import read_small_file

MAX_FILE = 1 << 20  # bytes
MAX_ALIASES, MAX_DEPTH, MAX_VALUES = 100, 50, 100_000
MAX_TEXT = 100_000  # letters of one value
MAX_NUMBER = 1 << 53  # beyond it a float skips whole numbers
ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class StrictLoader(yaml.SafeLoader):
    """YAML of plain values, in which no key stands twice and aliases are few."""

    def __init__(self, text: str):
        super().__init__(text)
        self.aliases = self.depth = 0

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise yaml.YAMLError(f"it has more than {MAX_ALIASES} aliases")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError(f"it is nested more than {MAX_DEPTH} deep")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = sorted({key for key in keys if keys.count(key) > 1 and key != "<<"})
        if twice:
            place = f"line {node.start_mark.line + 1}"
            raise yaml.YAMLError(f"the key {twice[0]!r:.80} stands twice ({place})")
        return super().construct_mapping(node, deep)


def check_params_file(path: Path | str) -> Any:
    """Read a file of params; what Snakemake made of it is what the file says.

    Returns:
        its content.

    Raises:
        ParamsError: when it is no small YAML file in UTF-8 of plain values, or has a key twice.
    """
    try:
        content = read_small_file(path, MAX_FILE)
        text = content.decode("utf-8-sig")
        if "\0" in text:
            raise ValueError("it holds a NUL")
        values = StrictLoader(text).get_single_data()
        check_values(values)
        return values
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        known = {} if isinstance(error, OSError) else ENCODINGS
        other = next((name for start, name in known.items() if content.startswith(start)), "")
        raise ParamsError(
            f"{path} should be a YAML file of params in UTF-8"
            + (f", but is in {other}. Save it in UTF-8." if other else f", but: {error}.")
        ) from error


def check_values(values: Any) -> None:
    """Refuse values that no param has, wherever they stand: absurd numbers, circles, controls.

    Raises:
        ValueError: naming the key.
    """
    left = MAX_VALUES
    queue = [("params", values, 0)]
    while queue:
        where, value, depth = queue.pop()
        left -= 1
        if left < 0 or depth > MAX_DEPTH:
            raise ValueError(
                f"params hold more than {MAX_VALUES} values, or are nested more than {MAX_DEPTH} "
                f"deep, at {where[:200]}"
            )
        if isinstance(value, Mapping):
            queue += [(f"{where}.{key!s:.80}", one, depth + 1) for key, one in value.items()]
            queue += [(f"{where} (a key)", key, depth + 1) for key in value]
        elif isinstance(value, list | tuple):
            queue += [(f"{where}.{at}", one, depth + 1) for at, one in enumerate(value)]
        elif isinstance(value, str):
            if len(value) > MAX_TEXT or "\0" in value:
                raise ValueError(f"{where[:200]} is a text of {len(value)} letters or holds a NUL")
        elif isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:  # NaN too
            raise ValueError(f"{where[:200]} is {str(value)[:30]}, beyond {MAX_NUMBER}")
