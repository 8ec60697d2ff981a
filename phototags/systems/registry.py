"""The systems that can be trained, each with the keys that mean something for it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from phototags.params.section import Section
from phototags.systems.gradient import Layered
from phototags.systems.ranked import Bilinear, UserBiased, UserMultiplicative


class Frequency(Section):
    """Control: every photo gets the commonest tags."""

    model: Literal["frequency"]
    rarest: bool = Field(False, description="the rarest tags instead")


class Random(Section):
    """Control: every photo gets random tags."""

    model: Literal["random"]


class Neighbours(Section):
    """Control: the tags of the training photos that look most alike."""

    model: Literal["neighbours"]
    neighbours: int = Field(description="training photos that vote", gt=0)


class KernelRidge(Section):
    """Ridge regression on likeness to every training photo, then tags by what each may gain."""

    renamed: ClassVar[Mapping[str, str]] = {
        "sharpness": "gamma",
        "ridge": "alpha",
        "given": "top_k",
        "judged": "f1_photos",
        "precision": "precision_weight",
    }

    model: Literal["kernel-ridge"]
    gamma: float = Field(
        1.0,
        description="photos at squared distance d, of length one, are alike by exp(-it * d)",
        gt=0,
    )
    alpha: float = Field(0.1, description="what the regression adds to the kernel's diagonal", gt=0)
    top_k: int = Field(5, description="tags that a photo gets", gt=0)
    f1_photos: int = Field(500, description="photos that one F1 is counted over", gt=0)
    precision_weight: float = Field(
        1.0,
        description="what a gain in precision counts beside one in recall; 1 aims at the F1 of"
        " means, less finds more tags",
        gt=0,
    )
    refit: bool = Field(
        False, description="once judged, learn again from training and validation photos"
    )


class Multihot(Layered):
    """One sigmoid layer and squared error; its tag vectors are learned with it."""

    model: Literal["multihot"]


class Khot(Layered):
    """Softmax that shares a photo equally among its tags (Mahajan et al., 2018)."""

    model: Literal["khot"]


class Asl(Layered):
    """One sigmoid a tag and the asymmetric loss (Ridnik et al., 2021)."""

    renamed: ClassVar[Mapping[str, str]] = Layered.renamed | {
        "focus_positive": "gamma_positive",
        "focus_negative": "gamma_negative",
    }

    model: Literal["asl"]
    gamma_positive: float = Field(0.0, description="power that quiets sure tags", ge=0)
    gamma_negative: float = Field(4.0, description="power that quiets sure missing tags", ge=0)
    margin: float = Field(0.05, description="chance below which a missing tag is free", ge=0, lt=1)


class NaiveSum(Layered):
    """Regression on the sum of the tags' vectors, which stay fixed."""

    model: Literal["naive-sum"]


class Wdv(Layered):
    """Regression on the tags and their nearest others (word distribution vectors)."""

    model: Literal["wdv"]
    neighbours: int = Field(2, description="tags that each tag is said by, itself included", gt=0)


class Sampled(Layered):
    """A few tags of the photo against a few drawn from the vocabulary."""

    renamed: ClassVar[Mapping[str, str]] = Layered.renamed | {
        "drawn": "draw_negatives",
        "draw_negatives=step": "draw_negatives=each_step",
        "draw_negatives=epoch": "draw_negatives=each_epoch",
        "subsample_above": "subsample_threshold",
    }

    positives: int = Field(5, description="tags drawn from a photo, with replacement", gt=0)
    negatives: int = Field(10, description="tags drawn from the vocabulary for a photo", gt=0)
    power: float = Field(
        1.0, description="negatives are drawn in proportion to count ** power", ge=0
    )
    exclude: Literal["sampled", "photo", "batch"] = Field(
        "photo", description="which positives are never drawn as negatives"
    )
    draw_negatives: Literal["each_step", "each_epoch", "next_photo"] = Field(
        "each_step", description="negatives are drawn anew so often, or are the next photo's tags"
    )
    subsample_threshold: float | None = Field(
        None, description="rate at which a tag is never believed, rarer ones more; null keeps all"
    )

    @model_validator(mode="after")
    def negatives_can_be_drawn(self) -> "Sampled":
        if self.draw_negatives != "each_step" and self.exclude == "batch":
            raise ValueError(f"exclude: batch cannot go with draw_negatives: {self.draw_negatives}")
        if self.draw_negatives == "each_epoch" and self.exclude != "photo":
            raise ValueError(
                "draw_negatives: each_epoch needs exclude: photo, since positives are drawn later"
            )
        return self


class Im2Vec(Sampled):
    """The photo in the place of word2vec's input word: embeddings that agree with tag vectors."""

    renamed: ClassVar[Mapping[str, str]] = Sampled.renamed | {"prior": "prior_weight"}

    model: Literal["im2vec"]
    tag_vectors: Literal["fixed", "joint"] = Field("fixed", description="optimise them too: joint")
    tag_learning_rate: float = Field(0.01, description="step of the tag vectors when joint", gt=0)
    prior_weight: float = Field(
        0.0,
        description="share of log(count ** power) added to the scores: 0 ranks as published, "
        "1 gives common tags back what the negatives took from them",
        ge=0,
    )


class Fast0Tag(Sampled):
    """The photo's tags before the others by RankNet's loss; tag vectors stay fixed."""

    model: Literal["fast0tag"]


System = Annotated[
    Frequency
    | Random
    | Neighbours
    | KernelRidge
    | Multihot
    | Khot
    | Asl
    | NaiveSum
    | Wdv
    | Bilinear
    | UserBiased
    | UserMultiplicative
    | Im2Vec
    | Fast0Tag,
    Field(discriminator="model"),
]


def learns_backbone(system: System) -> bool:
    """Whether the backbone learns with the system's head.

    >>> learns_backbone(Random(model="random"))
    False
    """
    return getattr(system, "backbone", "frozen") == "trained"
