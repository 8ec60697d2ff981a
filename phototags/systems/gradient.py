"""What all systems that learn by gradient have in common."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


def omit_if(default: object) -> Callable[[object], bool]:
    """Whether a value is the default of a key that config.json and job settings then leave out."""
    return lambda value: value == default


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

    renamed: ClassVar[Mapping[str, str]] = {
        "batch": "batch_size",
        "accumulate": "accumulate_batches",
        "average": "ema_decay",
        "warm_up": "warmup_epochs",
        "decay": "lr_schedule",
        "noise": "label_noise",
        "photos": "max_train_photos",
        "repeat_below": "repeat_threshold",
    }

    backbone: Literal["frozen", "trained"] = Field(
        "frozen",
        description="what embed_photos.backbone gives is learned from; trained: the backbone "
        "learns too, from pixels, and the tagger has its own",
        exclude_if=omit_if("frozen"),
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
    batch_size: int = Field(128, description="photos a step", gt=0)
    accumulate_batches: int = Field(1, description="batches whose gradients make one step", gt=0)
    optimiser: Literal["adamw", "sgd"] = Field("adamw", description="sgd has momentum 0.9")
    learning_rate: float = Field(1e-3, description="the optimiser's step", gt=0)
    warmup_epochs: float = Field(
        0.0, description="epochs, parts counted, in which the step grows from nothing", ge=0
    )
    lr_schedule: Literal["constant", "plateau", "cosine"] | None = Field(
        None,
        description="how the step shrinks: not; to a tenth when validation mAP stands for three "
        "epochs; as a cosine to nothing at the last of `epochs`; null: plateau for sgd, constant "
        "for adamw",
    )
    weight_decay: float = Field(0.0, description="decoupled from the step in adamw", ge=0)
    ema_decay: float = Field(
        0.0, description="share of the weights' moving average that a step keeps", ge=0, lt=1
    )
    sampling: Literal["natural", "root", "balanced"] = Field(
        "natural",
        description="photos of an epoch: each once; repeated by the square root of "
        "repeat_threshold / their rarest tag's rate; or drawn so that tags are equally likely",
    )
    repeat_threshold: float = Field(
        0.01, description="rate of a tag below which root repeats", gt=0
    )
    label_noise: float = Field(0.0, description="share of training tags made wrong", ge=0, le=1)
    max_train_photos: int | None = Field(
        None,
        description="training photos to learn from, drawn by the seed, the same for every system;"
        " null learns from all",
        gt=0,
        exclude_if=omit_if(None),
    )


class Layered(Trained):
    """A tagger whose head may begin with the hidden layers of another."""

    renamed: ClassVar[Mapping[str, str]] = Trained.renamed | {
        "start": "initialise_from",
        "normalisation": "batch_norm",
        "batch_norm=kept": "batch_norm=frozen",
    }

    initialise_from: Start | None = Field(
        None,
        description="tagger whose hidden layers the head begins with; tags need not be the same",
        exclude_if=omit_if(None),
    )

    batch_norm: Literal["batch", "frozen"] = Field(
        "batch",
        description="of a backbone that learns: by each batch, or by the statistics that it came"
        " with, so that no photo's features depend on the others (few photos a batch, several"
        " processes)",
        exclude_if=omit_if("batch"),
    )

    @model_validator(mode="after")
    def there_are_normalisations_to_keep(self) -> "Layered":
        if self.batch_norm == "frozen" and self.backbone == "frozen":
            raise ValueError(
                "batch_norm: frozen needs a backbone that learns, but backbone is frozen"
            )
        return self

    @model_validator(mode="after")
    def there_are_layers_to_start(self) -> "Layered":
        if self.initialise_from and not self.hidden and self.backbone == "frozen":
            raise ValueError(
                "initialise_from needs layers to copy, but hidden is [] and backbone is frozen"
            )
        return self
