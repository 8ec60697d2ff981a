"""How predictions are judged."""

from typing import Literal

from pydantic import Field

from phototags.section import Section


class Score(Section):
    """How predictions are judged."""

    bridges: list[Literal["exact", "lemma", "synset", "embedding"]] = Field(
        description="how a model's tags meet another corpus' words", min_length=1
    )
    min_test_photos: int = Field(description="test photos a word needs to be scored", ge=1)
    resamples: int = Field(description="bootstrap resamples over photos", gt=0)
    seed: int = Field(description="seed of the bootstrap")
