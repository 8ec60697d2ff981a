"""Section `zero_shot`: search by words that no tag means, and by phrases."""

from typing import Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


class ZeroShotSearch(Section):
    """Search by words that no tag means, and by phrases; tags that are held out score it."""

    encoders: list[Literal["minilm", "glove"]] = Field(
        description="encoders of words to score; search uses the first: minilm (any word and"
        " phrase; 83 MB are fetched) or glove (its 400,000 words)",
        min_length=1,
    )
    captions: list[str] = Field(
        [],
        description="corpora whose descriptions are captions to learn from, one a line; of the"
        " others, tags; needs minilm",
    )

    @model_validator(mode="after")
    def refuse_captions_without_minilm(self) -> "ZeroShotSearch":
        """Raise a ValueError where captions could not be learned from: GloVe knows words alone."""
        if self.captions and "minilm" not in self.encoders:
            raise ValueError(f"captions need the encoder minilm, but encoders are {self.encoders}")
        return self
