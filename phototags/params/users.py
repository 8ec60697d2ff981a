"""Params of what is known of users."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from phototags.params.section import Section


class Users(Section):
    """How a user is described by the user's other photos, for systems that know the user."""

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
        8,
        description="number of camera makes in the one-hot vector, those of most training users",
        gt=0,
    )
    neighbours: int = Field(
        5, description="nearest other photos of the user that vote in `nearest_tags`", gt=0
    )
    sharpness: float = Field(
        20.0,
        description="factor of the cosine in the softmax of `attended_tags`: 0 weighs the user's"
        " other photos alike, a large one takes the most similar only",
        ge=0,
    )
