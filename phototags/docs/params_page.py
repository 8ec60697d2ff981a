"""Write docs/params.md from the typed params: `python -m phototags.docs.params_page FILE`."""

import inspect
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from pydantic import BaseModel

from phototags.io.storage import write_text
from phototags.workflow.config import Params

INTRODUCTION = """\
# Keys of params.yaml

Every number that changes a result is in `params.yaml`; a preset in `presets/` overrides it
(`make results RUN=photographs`). An unknown key, or a value of another type or range, stops the run
before it is planned. Sections and keys without a default are required.

`make docs` writes this page from the classes in `phototags/workflow/config.py`,
`phototags/params/` and `phototags/systems/`.
"""
TYPES = {"string": "text", "boolean": "true or false", "null": "null"}
BOUNDS = {
    "exclusiveMinimum": "> {}",
    "minimum": "≥ {}",
    "exclusiveMaximum": "< {}",
    "maximum": "≤ {}",
    "minItems": "at least {} entry",
    "pattern": "`{}`",
}


def write_page() -> str:
    """The page: a table for the keys of each section and of each kind of entry in it."""
    fields = Params.model_fields
    own = [key for key, field in fields.items() if not _models(field)]
    parts = [f"## The run\n\n{write_table(Params, own)}"]
    for key, field in fields.items():
        for model in _models(field):
            parts += write_section(f"## {key}", key, model)
    return "\n".join([INTRODUCTION, *dict.fromkeys(parts)])  # what several entries share, once


def write_section(heading: str, key: str, model: type[BaseModel]) -> Iterator[str]:
    """The section of one class, after those of the base classes whose keys it has too.

    The keys that are sections themselves follow in sections of their own.
    """
    bases = [base for base in model.__mro__[1:] if set(own_keys(base)) - {"model"}]
    for base in reversed(bases):
        yield from write_section(f"### {base.__name__}", key, base)
    links = ", ".join(f"[{base.__name__}](#{base.__name__.lower()})" for base in bases)
    shared = f" It also has the keys of {links}." if bases else ""
    keys, about = own_keys(model), inspect.getdoc(model).partition("\n\nAttributes:")[0]
    yield f"{heading}\n\n{about}{shared}\n\n{write_table(model, keys)}"
    for name in keys:
        inner = _models(model.model_fields[name])
        for one in inner:
            choice = one.model_json_schema()["properties"].get("model", {}).get("const")
            what = f", model: {choice}" if len(inner) > 1 else ""
            yield from write_section(f"### {key}.{name}{what}", f"{key}.{name}", one)


def own_keys(model: type) -> list[str]:
    """The keys that a class declares itself, in their order; none if it is no section.

    >>> from phototags.params.vocabulary import Split
    >>> own_keys(Split), own_keys(object)
    (['seed', 'test', 'validation'], [])
    """
    fields = getattr(model, "model_fields", {})
    return [name for name in fields if name in model.__dict__.get("__annotations__", {})]


def write_table(model: type[BaseModel], keys: Iterable[str]) -> str:
    """A line for each key: name, type, range, default, effect.

    Raises:
        KeyError: when a key has no description.
    """
    lines = ["| key | type | range | default | effect |", "| --- | --- | --- | --- | --- |"]
    for name in keys:
        schema = model.model_json_schema()["properties"][name]
        effect = "selects the system" if name == "model" else schema["description"]
        cells = [format_type(schema), format_range(schema), format_default(schema), effect]
        escaped = [cell.replace("|", "\\|") for cell in cells]
        lines.append(f"| `{name}` | {' | '.join(escaped)} |")
    return "\n".join(lines) + "\n"


def format_type(schema: Mapping) -> str:
    """The type that a JSON schema allows, in words.

    >>> format_type({"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]})
    'list of integer or null'
    """
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return " or ".join(f"`{choice}`" for choice in choices)
    if kinds := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(map(format_type, kinds)))
    if schema.get("type") == "array":
        return f"list of {format_type(schema['items'])}"
    if "additionalProperties" in schema:
        return f"{format_type(schema['additionalProperties'])} by name"
    return TYPES.get(schema.get("type"), schema.get("type", "entry"))


def format_range(schema: Mapping) -> str:
    """The bounds that a JSON schema sets.

    >>> format_range({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]})
    '≥ 0, ≤ 1'
    """
    inner = [*schema.get("anyOf", []), schema.get("items", {})]
    bounds = [text.format(schema[name]) for name, text in BOUNDS.items() if name in schema]
    return ", ".join(filter(None, [*bounds, *map(format_range, filter(None, inner))]))


def format_default(schema: Mapping) -> str:
    """The default in a JSON schema as params.yaml would write it; nothing where there is none.

    >>> format_default({"default": None}), format_default({"default": "cpu"}), format_default({})
    ('`null`', '`cpu`', '')
    """
    default = schema.get("default", {})
    if isinstance(default, dict) and default:  # the defaults of a section stand in its own table
        return ""
    if isinstance(default, str) and default:
        return f"`{default}`"
    return f"`{json.dumps(default)}`" if "default" in schema else ""


def _models(field: object) -> list[type[BaseModel]]:
    """The classes of the sections that a field holds, in lists and by name too."""
    found, todo = [], [getattr(field, "annotation", None)]
    while todo:
        one = todo.pop(0)
        if isinstance(one, type) and issubclass(one, BaseModel):
            found.append(one)
        else:
            todo += get_args(one)
    return found


if __name__ == "__main__":
    write_text(sys.argv[1], write_page())
