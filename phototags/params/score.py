"""Settings of evaluation."""

from typing import Literal, get_args

from pydantic import Field

from phototags.params.section import Section

Unseen = Literal["transport", "scale", "subword"]
UNSEEN: tuple[str, ...] = get_args(Unseen)


class Score(Section):
    """How predictions are scored."""

    bridges: list[Literal["exact", "lemma", "synset", "embedding"] | Unseen] = Field(
        description="mappings of a model's tags to another corpus' words; transport, scale and"
        " subword extend synset by words without a tag, for taggers with tag vectors",
        min_length=1,
    )
    min_test_photos: int = Field(description="test photos that a word must have to be scored", ge=1)
    resamples: int = Field(
        description="resamples for intervals, each without 15 % of the users", gt=0, le=1_000_000
    )
    seed: int = Field(description="seed of the resamples")
