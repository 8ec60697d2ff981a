"""Names that become folders and wildcards, and seeds."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

NAME = re.compile(r"\w[\w.-]{0,63}")
RESERVED = {"tagger", "index", "box", "features", "shards"}
"""Folders beside those of corpora and systems."""


def check_name(name: str) -> str:
    """Return a name that may be a folder's; a ValueError for a path, a pattern or a reserved one.

    >>> check_name("corel5k-260")
    'corel5k-260'
    """
    if not NAME.fullmatch(name) or name.endswith("."):
        raise ValueError(
            "a name should have letters, digits, `_`, `-` and `.`, at most 64, and begin with a "
            "letter or digit"
        )
    if name in RESERVED or re.fullmatch("seed[0-9]*", name):
        raise ValueError(f"{name} is the name of a folder of phototags: take another")
    return name


CorpusName = Annotated[str, AfterValidator(check_name)]
SystemName = Annotated[str, AfterValidator(check_name)]
Seed = Annotated[int, Field(ge=0, lt=1 << 31)]
