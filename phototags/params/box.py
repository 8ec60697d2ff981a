"""Section `box`: the tagger that comes with phototags, trained on several corpora together."""

from pydantic import Field, PositiveFloat

from phototags.params.section import Section


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
