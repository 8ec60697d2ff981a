"""The systems that can be trained, each with the keys that mean something for it."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from phototags.section import Section

Descriptor = Literal["photos", "tags", "number", "place", "season", "year"]
DESCRIPTORS: tuple[str, ...] = get_args(Descriptor)


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

    model: Literal["kernel-ridge"]
    sharpness: float = Field(
        1.0,
        description="photos at squared distance d, of length one, are alike by exp(-it * d)",
        gt=0,
    )
    ridge: float = Field(0.1, description="what the regression adds to the kernel's diagonal", gt=0)
    given: int = Field(5, description="tags that a photo gets", gt=0)
    judged: int = Field(500, description="photos that one F1 is counted over", gt=0)
    precision: float = Field(
        1.0,
        description="what a gain in precision counts beside one in recall; 1 aims at the F1 of"
        " means, less finds more tags",
        gt=0,
    )
    refit: bool = Field(
        False, description="once judged, learn again from training and validation photos"
    )


class Trained(Section):
    """What every trained tagger has: a head over a backbone's features and a way to train it."""

    backbone: Literal["frozen", "trained"] = Field(
        "frozen",
        description="what embed_photos.backbone gives is learned from; trained: the backbone "
        "learns too, from pixels, and the tagger has its own",
    )
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
    accumulate: int = Field(1, description="batches whose gradients make one step", gt=0)
    optimiser: Literal["adamw", "sgd"] = Field("adamw", description="sgd has momentum 0.9")
    learning_rate: float = Field(1e-3, description="the optimiser's step", gt=0)
    warm_up: float = Field(
        0.0, description="epochs, parts counted, in which the step grows from nothing", ge=0
    )
    decay: Literal["constant", "plateau", "cosine"] | None = Field(
        None,
        description="how the step shrinks: not; to a tenth when validation mAP stands for three "
        "epochs; as a cosine to nothing at the last of `epochs`; null: plateau for sgd, constant "
        "for adamw",
    )
    weight_decay: float = Field(0.0, description="decoupled from the step in adamw", ge=0)
    average: float = Field(
        0.0, description="share of the weights' moving average that a step keeps", ge=0, lt=1
    )
    sampling: Literal["natural", "root", "balanced"] = Field(
        "natural",
        description="photos of an epoch: each once; repeated by the square root of "
        "repeat_below / their rarest tag's rate; or drawn so that tags are equally likely",
    )
    repeat_below: float = Field(0.01, description="rate of a tag below which root repeats", gt=0)
    noise: float = Field(0.0, description="share of training tags made wrong", ge=0, le=1)


class Multihot(Trained):
    """One sigmoid layer and squared error; its tag vectors are learned with it."""

    model: Literal["multihot"]


class Khot(Trained):
    """Softmax that shares a photo equally among its tags (Mahajan et al., 2018)."""

    model: Literal["khot"]


class Asl(Trained):
    """One sigmoid a tag and the asymmetric loss (Ridnik et al., 2021)."""

    model: Literal["asl"]
    focus_positive: float = Field(0.0, description="power that quiets sure tags", ge=0)
    focus_negative: float = Field(4.0, description="power that quiets sure missing tags", ge=0)
    margin: float = Field(0.05, description="chance below which a missing tag is free", ge=0, lt=1)


class NaiveSum(Trained):
    """Regression on the sum of the tags' vectors, which stay fixed."""

    model: Literal["naive-sum"]


class Wdv(Trained):
    """Regression on the tags and their nearest others (word distribution vectors)."""

    model: Literal["wdv"]
    neighbours: int = Field(2, description="tags that each tag is said by, itself included", gt=0)


class Ranked(Trained):
    """Tag vectors and a map of the photo, both learned, ranked by WARP."""

    backbone: Literal["frozen"] = Field("frozen", description="its limits are of all that learns")
    dimensions: int = Field(64, description="width of the embedding", gt=0)
    spread: float = Field(0.001, description="standard deviation of the weights at the start", gt=0)
    margin: float = Field(0.1, description="how far a tag must stand before the others", gt=0)
    draws: int = Field(1000, description="tags drawn to find one that stands too near", gt=0)
    longest: float = Field(1.0, description="length that no row of the weights may exceed", gt=0)


class Bilinear(Ranked):
    """Tag vectors and a linear map of the photo, both learned, ranked by WARP (Denton 2015)."""

    model: Literal["bilinear"]


class Conditional(Ranked):
    """What every tagger has that knows whose photo it is (Denton 2015)."""

    descriptors: list[Descriptor] = Field(
        ["photos", "tags", "number"],
        description="what the user's other photos tell: their mean features and tag vectors, how "
        "many, where, at what time of the year, in which years; none: all users are strangers",
    )
    units: int = Field(24, description="width of the layer that describes a user", gt=0)
    strangers: float = Field(0.0, description="share of photos whose user is hidden", ge=0, lt=1)


class UserBiased(Conditional):
    """The user moves the photo's embedding: P x + B u (Denton 2015)."""

    model: Literal["user-biased"]


class UserMultiplicative(Conditional):
    """The user says what counts in the photo: beta((alpha u) * (gamma x)) (Denton 2015)."""

    model: Literal["user-multiplicative"]
    factors: int = Field(100, description="width in which user and photo are multiplied", gt=0)


class Sampled(Trained):
    """A few tags of the photo against a few drawn from the vocabulary."""

    positives: int = Field(5, description="tags drawn from a photo, with replacement", gt=0)
    negatives: int = Field(10, description="tags drawn from the vocabulary for a photo", gt=0)
    power: float = Field(
        1.0, description="negatives are drawn in proportion to count ** power", ge=0
    )
    exclude: Literal["sampled", "photo", "batch"] = Field(
        "photo", description="which positives are never drawn as negatives"
    )
    drawn: Literal["step", "epoch", "next_photo"] = Field(
        "step", description="negatives are drawn anew so often, or are the next photo's tags"
    )
    subsample_above: float | None = Field(
        None, description="rate at which a tag is never believed, rarer ones more; null keeps all"
    )

    @model_validator(mode="after")
    def negatives_can_be_drawn(self) -> "Sampled":
        if self.drawn != "step" and self.exclude == "batch":
            raise ValueError(f"exclude: batch cannot go with drawn: {self.drawn}")
        if self.drawn == "epoch" and self.exclude != "photo":
            raise ValueError("drawn: epoch needs exclude: photo, positives are not yet drawn")
        return self


class Im2Vec(Sampled):
    """The photo in the place of word2vec's input word: embeddings that agree with tag vectors."""

    model: Literal["im2vec"]
    tag_vectors: Literal["fixed", "joint"] = Field("fixed", description="optimise them too: joint")
    tag_learning_rate: float = Field(0.01, description="step of the tag vectors when joint", gt=0)
    prior: float = Field(
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
