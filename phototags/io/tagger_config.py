"""What the config.json of a tagger may say. Folders come from strangers: nothing else is used."""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from phototags.errors import ModelError
from phototags.io.storage import read_small_file

MAX_CONFIG = 4 << 20  # bytes
MAX_PARTS = 8
NAME = r"^[\w-][\w.-]{0,99}$"
"""Of a corpus or a run: a name, no path."""
BACKBONE = r"^[a-z0-9_]{1,60}(:[\w.-]{1,100})?(@[0-9]{2,4})?$"
"""Of one backbone: no address, no path, no place of a hub."""


class TaggerConfig(BaseModel):
    """The keys of a config.json that are used; others are for people."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)

    backbone: Annotated[str, Field(max_length=400)] | None = None
    train: Annotated[str, Field(pattern=NAME)] | None = None
    seed: Annotated[int, Field(ge=0, lt=1 << 62)] | None = None
    features: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    tags: Annotated[int, Field(gt=0, le=100_000_000)] | None = None


def check_backbone(name: str) -> str:
    """Return the name of a backbone; a ValueError where it is none, whatever libraries know.

    >>> check_backbone("efficientnet_lite0:layers@128+timm:resnet18.a1_in1k")
    'efficientnet_lite0:layers@128+timm:resnet18.a1_in1k'
    """
    parts = name.split("+")
    if len(parts) > MAX_PARTS or not all(re.fullmatch(BACKBONE, one, re.ASCII) for one in parts):
        raise ValueError(
            f"a backbone should be named as clip_vit_b16, LIBRARY:NAME or NAME@SIZE, at most "
            f"{MAX_PARTS} with + between, but is {name!r:.80}"
        )
    return name


def read_tagger_config(folder: Path | str, needed: Collection[str] = ()) -> dict[str, Any]:
    """Read the config.json of a tagger's folder, with types and ranges checked.

    Args:
        needed: keys that must be there.

    Raises:
        ModelError: when the file is missing or no tagger's.
    """
    path = Path(folder) / "config.json"
    try:
        content = parse_json(read_small_file(path, MAX_CONFIG))
        config = TaggerConfig.model_validate(content)
        if config.backbone is not None:
            check_backbone(config.backbone)
        if missing := [name for name in needed if content.get(name) is None]:
            raise ValueError(f"it lacks {', '.join(missing)}")
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{path} should be the config of a tagger, but: {error}. "
            "Train one with `make results`, or name its folder with --model."
        ) from error
    return content


def parse_json(content: bytes) -> Any:
    """Parse JSON strictly: no key twice, no NaN, no infinity.

    Raises:
        ValueError: when it is not such JSON in UTF-8.
    """

    def refuse_constant(name: str) -> None:
        raise ValueError(f"{name} is no number of JSON")

    def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key stands twice")
        return found

    return json.loads(
        content.decode("utf-8"), parse_constant=refuse_constant, object_pairs_hook=refuse_twice
    )
