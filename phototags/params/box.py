"""Section `box`: the tagger that comes with phototags, trained on several corpora together."""

from pydantic import Field, PositiveFloat, model_validator

from phototags.params.section import Section


class SizeInvariance(Section):
    """Directions of the features that change with a photo's size, which no word may use."""

    corpus: str = Field(description="corpus of the run whose photos are shown smaller")
    width: int = Field(128, description="width in pixels to which they are reduced", ge=16)
    photos: int = Field(1000, description="number of photos, evenly through the corpus", ge=10)
    directions: int = Field(8, description="number of directions left out", ge=1)


class Box(Section):
    """The tagger that comes with phototags: which corpora it learns from, and which words."""

    corpora: list[str] = Field(
        description="corpora that the run trains on; their test photos are never learned from",
        min_length=1,
    )
    min_photos: int = Field(3, description="photos of all corpora together that a word needs", ge=1)
    min_auc: float = Field(
        0.7,
        description="area under the ROC curve that a word needs on photos it was not learned from;"
        " 0.5 is chance level",
        ge=0,
        le=1,
    )
    l2: list[PositiveFloat] = Field(
        [30, 100, 300],
        description="penalties to choose from, by the cross-entropy on photos left out",
        min_length=1,
    )
    folds: int = Field(5, description="parts of the photos that are left out in turn", ge=2)
    size_invariance: SizeInvariance | None = Field(
        None,
        description="makes the tags of a photo depend less on its size; null: not done",
    )

    @model_validator(mode="after")
    def _resize_a_corpus_of_the_box(self) -> "Box":
        chosen = self.size_invariance
        if chosen and chosen.corpus not in self.corpora:
            raise ValueError(
                f"size_invariance.corpus should be one of box.corpora, {self.corpora}, but is "
                f"{chosen.corpus!r}"
            )
        return self
