"""How predictions are judged."""

from typing import Literal, get_args

from pydantic import Field

from phototags.params.section import Section

Unseen = Literal["transport", "scale", "subword"]
UNSEEN: tuple[str, ...] = get_args(Unseen)


class Score(Section):
    """How predictions are judged."""

    bridges: list[Literal["exact", "lemma", "synset", "embedding"] | Unseen] = Field(
        description="how a model's tags meet another corpus' words; the last three ask a tagger"
        " that has tag vectors for words that no tag means, besides those of synset",
        min_length=1,
    )
    min_test_photos: int = Field(description="test photos a word needs to be scored", ge=1)
    resamples: int = Field(description="bootstrap resamples over photos", gt=0)
    seed: int = Field(description="seed of the bootstrap")
