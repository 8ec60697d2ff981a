"""Params of what is known of users."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from phototags.params.section import Section


class Users(Section):
    """What a user's other photos tell of a photo, for systems that know whose photo it is."""

    renamed: ClassVar[Mapping[str, str]] = {
        "history": "history_fraction",
        "width": "feature_dims",
        "makers": "max_camera_makes",
    }

    history_fraction: float = Field(
        0.5,
        description="fraction of each held-out user's photos that only describe the user: no "
        "system of the run learns from them, and none is scored on them",
        gt=0,
        lt=1,
    )
    seed: int = Field(0, description="salt of the hash that selects these photos")
    feature_dims: int = Field(
        32, description="principal components that a user's image features are reduced to", gt=0
    )
    max_camera_makes: int = Field(
        8, description="camera makes told apart, those of most training users", gt=0
    )
