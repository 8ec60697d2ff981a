"""What may be told of users."""

from pydantic import Field

from phototags.params.section import Section


class Users(Section):
    """What a user's other photos tell of a photo, for systems that know whose photo it is."""

    history: float = Field(
        0.5,
        description="share of each held-out user's photos that only describe the user: they are "
        "neither learned from nor scored, by any system of the run",
        gt=0,
        lt=1,
    )
    seed: int = Field(0, description="salt of the hash that draws these photos")
    width: int = Field(32, description="numbers that a user's features are reduced to", gt=0)
    makers: int = Field(
        8, description="makers of cameras told apart, those of most training users", gt=0
    )
