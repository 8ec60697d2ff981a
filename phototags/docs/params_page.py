"""Write docs/params.md from the typed params: `python -m phototags.docs.params_page FILE`."""

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from phototags.io.storage import atomic_write
from phototags.workflow.config import Params

INTRODUCTION = """\
# What params.yaml may say

Every number that changes a result is in `params.yaml`; a preset in `presets/` overlays it
(`make results RUN=photos`). A key that is not on this page stops the run before it is planned.

This page is made from `config.py`, `settings/`, `experiments.py`, `systems.py`,
`ranked_systems.py` and `trained_systems.py` in `phototags/` by `make docs`.
"""
NAMES = {int: "whole number", float: "number", str: "text", bool: "true or false"}
BOUNDS = {
    annotated_types.Gt: ("gt", "over"),
    annotated_types.Ge: ("ge", "from"),
    annotated_types.Lt: ("lt", "under"),
    annotated_types.Le: ("le", "up to"),
}


def page() -> str:
    """The whole page, a table for each section and each kind of entry in it."""
    parts = [INTRODUCTION]
    own = [(key, field) for key, field in Params.model_fields.items() if not models(field)]
    parts.append("## The run\n\n" + rows(own))
    for key, field in Params.model_fields.items():
        for model in models(field):
            parts += section(f"## {key}", key, model)
    return "\n".join(dict.fromkeys(parts)).rstrip() + "\n"  # an entry of several, once


def section(heading: str, key: str, model: type[BaseModel]) -> Iterator[str]:
    """The table of one section, then those of the entries inside it."""
    yield f"{heading}\n\n{(model.__doc__ or '').strip()}\n\n{rows(model.model_fields.items())}"
    for name, field in model.model_fields.items():
        several = models(field)
        for inner in several:
            kind = get_args(inner.model_fields["model"].annotation) if len(several) > 1 else ()
            what = f", model: {' or '.join(kind)}" if kind else ""
            yield from section(f"### {key}.{name}{what}", f"{key}.{name}", inner)


def rows(fields) -> str:
    """A line for each key."""
    lines = ["| key | takes | default | what it is |", "| --- | --- | --- | --- |"]
    for name, field in fields:
        nothing = field.is_required() or isinstance(field.default, BaseModel)
        default = "" if nothing else f"`{json_like(field.default)}`"
        what = (field.description or "names the system").replace("|", "\\|")
        lines.append(f"| `{name}` | {taken(field)} | {default} | {what} |")
    return "\n".join(lines) + "\n"


def taken(field: FieldInfo) -> str:
    """What a key takes, in words, with its bounds.

    >>> from phototags.params.vocabulary import Split, Vocabulary
    >>> taken(Split.model_fields["test"]), taken(Vocabulary.model_fields["max_tags"])
    ('number over 0, under 1', 'whole number over 0 or null')
    """
    bounds = [
        f"{words} {getattr(bound, name)}"
        for bound in field.metadata
        for kind, (name, words) in BOUNDS.items()
        if isinstance(bound, kind)
    ]
    words, null, _ = spelled(field.annotation).partition(" or null")
    return " ".join(filter(None, [words, ", ".join(bounds)])) + null


def spelled(annotation: object) -> str:
    """A type in words.

    >>> spelled(list[int]), spelled(str | None)
    ('list of whole number', 'text or null')
    """
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return spelled(inside[0])
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in inside)
    if origin in (Union, types.UnionType):
        names = ["null" if one is type(None) else spelled(one) for one in inside]
        return " or ".join(dict.fromkeys(names))
    if origin is list:
        return f"list of {spelled(inside[0])}"
    if origin is dict:
        return f"{spelled(inside[1])} by name"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "entry"
    return NAMES[annotation]


def models(field: FieldInfo) -> list[type[BaseModel]]:
    """The kinds of section that stand in a field, in lists and by name too.

    >>> [model.__name__ for model in models(Params.model_fields["split"])]
    ['Split']
    """
    found, todo = [], [field.annotation]
    while todo:
        one = todo.pop(0)
        if isinstance(one, type) and issubclass(one, BaseModel):
            found.append(one)
        else:
            todo += get_args(one)
    return found


def json_like(value: object) -> str:
    """A default as params.yaml would write it."""
    words = {None: "null", True: "true", False: "false", "": '""'}
    return words.get(value, str(value)) if isinstance(value, str | bool | None) else str(value)


if __name__ == "__main__":
    with atomic_write(Path(sys.argv[1])) as part:
        part.write_text(page(), encoding="utf-8")
