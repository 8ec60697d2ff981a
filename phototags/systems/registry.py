"""The registry of systems: one module of this folder each, found by listing it."""

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union

from pydantic import Field, TypeAdapter

import phototags.systems
from phototags.systems.bases.system import System

NOT_SYSTEMS = {"registry", "tagger"}


def find_systems() -> Iterator[type[System]]:
    """The class of each module of systems/ that holds one: it has a `model` of its own."""
    for module in pkgutil.iter_modules(phototags.systems.__path__, "phototags.systems."):
        if module.ispkg or module.name.rpartition(".")[2] in NOT_SYSTEMS:
            continue
        for found in vars(importlib.import_module(module.name)).values():
            if (
                getattr(found, "__module__", None) == module.name
                and "model" in found.__annotations__
            ):
                yield found


AnySystem = Annotated[Union[tuple(find_systems())], Field(discriminator="model")]  # noqa: UP007
"""Settings of any system, told apart by their `model`."""


def parse_system(settings: Mapping[str, Any] | str) -> System:
    """The system of some settings, a mapping or JSON.

    Raises:
        ValidationError: there is no such system, or a key that it does not have.

    >>> parse_system('{"model": "frequency"}').rarest
    False
    """
    given = json.loads(settings) if isinstance(settings, str) else settings
    return TypeAdapter(AnySystem).validate_python(given)
