"""What all systems that learn by gradient have in common."""

from typing import Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


def unsaid(value: object) -> bool:
    """Whether a key is left out of what is written: a tagger's config.json is older than it."""
    return value in (None, "frozen", "batch")


class Start(Section):
    """Another tagger of the run, of the same seed, whose layers a tagger begins with."""

    train: str = Field(description="corpus that it was trained on")
    system: str = Field(
        description="its system; `hidden`, `scaling` and `backbone` must be as here: a backbone"
        " that learned goes with the hidden layers"
    )
    layers: Literal["tuned", "frozen"] = Field(
        "tuned",
        description="`tuned`: they learn on; `frozen`: the hidden ones stay, what stands on them"
        " learns alone",
    )


class Trained(Section):
    """What every trained tagger has: a head over a backbone's features and a way to train it."""

    backbone: Literal["frozen", "trained"] = Field(
        "frozen",
        description="what embed_photos.backbone gives is learned from; trained: the backbone "
        "learns too, from pixels, and the tagger has its own",
        exclude_if=unsaid,
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
    photos: int | None = Field(
        None,
        description="training photos to learn from, drawn by the seed, the same for every system;"
        " null learns from all",
        gt=0,
        exclude_if=unsaid,
    )


class Layered(Trained):
    """A tagger whose head may begin with the hidden layers of another."""

    start: Start | None = Field(
        None,
        description="tagger whose hidden layers the head begins with; tags need not be the same",
        exclude_if=unsaid,
    )

    normalisation: Literal["batch", "kept"] = Field(
        "batch",
        description="of a backbone that learns: by each batch, or by the statistics that it came"
        " with, so that no photo's features depend on the others (few photos a batch, several"
        " processes)",
        exclude_if=unsaid,
    )

    @model_validator(mode="after")
    def there_are_normalisations_to_keep(self) -> "Layered":
        if self.normalisation == "kept" and self.backbone == "frozen":
            raise ValueError(
                "normalisation: kept is of backbones that learn, but backbone is frozen"
            )
        return self

    @model_validator(mode="after")
    def there_are_layers_to_start(self) -> "Layered":
        if self.start and not self.hidden and self.backbone == "frozen":
            raise ValueError("start needs layers to start, but hidden is [] and backbone frozen")
        return self
