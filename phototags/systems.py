"""The systems that can be trained, each with the keys that mean something for it."""

from typing import Annotated, Literal

from pydantic import Field

from phototags.section import Section


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


class Trained(Section):
    """What every trained tagger has: a head over frozen features and a way to train it."""

    hidden: list[int] = Field([], description="widths of the head's hidden layers")
    scaling: Literal["root", "length", "none"] = Field(
        "root", description="what the head does to features first: square roots and unit length"
    )
    dropout: float = Field(0.0, description="share of inputs to each layer set to zero", ge=0, lt=1)
    epochs: int = Field(description="passes over the training photos, at most", gt=0)
    patience: int = Field(
        description="epochs without a better validation mAP before stopping", gt=0
    )
    batch: int = Field(128, description="photos a step", gt=0)
    learning_rate: float = Field(1e-3, description="AdamW's step", gt=0)
    weight_decay: float = Field(0.0, description="AdamW's decoupled weight decay", ge=0)


class Multihot(Trained):
    """One sigmoid layer and squared error; its tag vectors are learned with it."""

    model: Literal["multihot"]


class Im2Vec(Trained):
    """The photo in the place of word2vec's input word: embeddings that agree with tag vectors."""

    model: Literal["im2vec"]
    tag_vectors: Literal["fixed", "joint"] = Field("fixed", description="optimise them too: joint")
    tag_learning_rate: float = Field(0.01, description="step of the tag vectors when joint", gt=0)
    positives: int = Field(5, description="tags drawn from a photo, with replacement", gt=0)
    negatives: int = Field(10, description="tags drawn from the vocabulary for a photo", gt=0)
    power: float = Field(
        1.0, description="negatives are drawn in proportion to count ** power", ge=0
    )
    exclude: Literal["sampled", "photo", "batch"] = Field(
        "photo", description="which positives are never drawn as negatives"
    )
    prior: float = Field(
        0.0,
        description="share of log(count ** power) added to the scores: 0 ranks as published, "
        "1 gives common tags back what the negatives took from them",
        ge=0,
    )


System = Annotated[
    Frequency | Random | Neighbours | Multihot | Im2Vec, Field(discriminator="model")
]
