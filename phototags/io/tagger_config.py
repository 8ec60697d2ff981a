"""What the config.json of a tagger may say. Folders come from strangers: nothing else is used."""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from phototags.errors import ModelError
from phototags.io.storage import read_small_file

MAX_CONFIG = 4 << 20  # bytes
MAX_PARTS = 8
NAME = r"^[\w-][\w.-]{0,99}$"
"""Of a corpus or a run: a name, no path."""
BACKBONE = r"^[a-z0-9_]{1,60}(:[\w.-]{1,100})?(@[0-9]{2,4})?$"
"""Of one backbone: no address, no path."""
HUB = r"^hub:\w[\w.-]{0,99}/\w[\w.-]{0,99}@\w[\w.-]{0,99}$"
"""Of a network of the hub at one revision, which a tagger finds in the hub's cache alone."""


KEYS = {
    "backbone": ("the name of a backbone", lambda value: isinstance(value, str)),
    "train": ("names of corpora", lambda value: isinstance(value, str) and are_names(value)),
    "seed": ("a whole number from 0 on", lambda value: is_whole(value, 0, 1 << 62)),
    "features": ("a whole number from 1 on", lambda value: is_whole(value, 1, 1_000_000)),
    "tags": ("a whole number from 1 on", lambda value: is_whole(value, 1, 100_000_000)),
}
"""The keys that are used, by what their values should be; others are for people."""


def is_name(text: str) -> bool:
    """Whether a text is the name of a corpus or a run, and no path.

    >>> is_name("corel5k-260"), is_name("../x")
    (True, False)
    """
    return re.fullmatch(NAME, text) is not None


def are_names(text: str) -> bool:
    """Whether a text is a name, or several with + between, as of the tagger in the box."""
    return len(text) < 1000 and all(map(is_name, text.split("+")))


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether a value of JSON is a whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def check_backbone(name: str) -> str:
    """Return the name of a backbone; a ValueError where it is none, whatever libraries know.

    >>> check_backbone("efficientnet_lite0:layers@128+timm:resnet18.a1_in1k")
    'efficientnet_lite0:layers@128+timm:resnet18.a1_in1k'
    """
    parts = name.split("+")
    sound = (re.fullmatch(f"{BACKBONE}|{HUB}", one, re.ASCII) for one in parts)
    if len(parts) > MAX_PARTS or not all(sound):
        raise ValueError(
            "a backbone should be named as clip_vit_b16, LIBRARY:NAME, NAME@SIZE or "
            f"hub:OWNER/NAME@REVISION, at most {MAX_PARTS} with + between, but is {name!r:.80}"
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
        if not isinstance(content, dict):
            raise ValueError("it holds no keys")
        for name, (expected, is_sound) in KEYS.items():
            if content.get(name) is not None and not is_sound(content[name]):
                raise ValueError(f"{name} should be {expected}, but is {content[name]!r:.80}")
        if content.get("backbone") is not None:
            check_backbone(content["backbone"])
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
