"""Systems ranked by WARP, with and without the photo's user, and the keys of each."""

from collections.abc import Mapping
from typing import ClassVar, Literal, get_args

from pydantic import Field

from phototags.systems.gradient import Trained, omit_if

Descriptor = Literal["photos", "tags", "number", "place", "season", "year", "camera"]
DESCRIPTORS: tuple[str, ...] = get_args(Descriptor)


class Ranked(Trained):
    """Tag vectors and a map of the photo, both learned, ranked by WARP."""

    renamed: ClassVar[Mapping[str, str]] = Trained.renamed | {
        "spread": "init_std",
        "draws": "max_trials",
        "shared": "share_trials",
        "longest": "max_norm",
    }

    backbone: Literal["frozen"] = Field(
        "frozen", description="its limits are of all that learns", exclude_if=omit_if("frozen")
    )
    dimensions: int = Field(64, description="width of the embedding", gt=0)
    init_std: float = Field(
        0.001, description="standard deviation of the weights at the start", gt=0
    )
    margin: float = Field(0.1, description="how far a tag must stand before the others", gt=0)
    max_trials: int = Field(1000, description="tags drawn to find one that stands too near", gt=0)
    share_trials: bool = Field(
        False, description="all photos of a step meet the same drawn tags: faster, a little noisier"
    )
    max_norm: float = Field(1.0, description="length that no row of the weights may exceed", gt=0)


class Bilinear(Ranked):
    """Tag vectors and a linear map of the photo, both learned, ranked by WARP (Denton 2015)."""

    model: Literal["bilinear"]


class Conditional(Ranked):
    """What every tagger has that knows whose photo it is (Denton 2015)."""

    renamed: ClassVar[Mapping[str, str]] = Ranked.renamed | {
        "units": "user_hidden",
        "strangers": "user_dropout",
    }

    descriptors: list[Descriptor] = Field(
        ["photos", "tags", "number"],
        description="what the user's other photos tell: their mean features and tag vectors, how "
        "many, where, at what time of the year, in which years, with whose cameras; none: all "
        "users are strangers",
    )
    user_hidden: int = Field(24, description="width of the layer that describes a user", gt=0)
    user_dropout: float = Field(0.0, description="share of photos whose user is hidden", ge=0, lt=1)


class UserBiased(Conditional):
    """The user moves the photo's embedding: P x + B u (Denton 2015)."""

    model: Literal["user-biased"]


class UserMultiplicative(Conditional):
    """The user says what counts in the photo: beta((alpha u) * (gamma x)) (Denton 2015)."""

    model: Literal["user-multiplicative"]
    factors: int = Field(100, description="width in which user and photo are multiplied", gt=0)
