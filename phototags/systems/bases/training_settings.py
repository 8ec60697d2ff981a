"""Settings of training by gradient, which the training loop takes as they are."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from pydantic import Field

from phototags.params.section import Section


def omit_if(default: object) -> Callable[[object], bool]:
    """Whether a value is the default of a key that config.json and job settings then leave out."""
    return lambda value: value == default


class TrainingSettings(Section):
    """How long and how fast a system learns, and what an epoch shows it."""

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

    epochs: int = Field(description="maximum number of passes over the training photos", gt=0)
    patience: int = Field(
        description="epochs without a better validation mAP after which training stops", gt=0
    )
    batch_size: int = Field(128, description="photos in a batch", gt=0)
    accumulate_batches: int = Field(
        1, description="batches whose gradients are added up before one step", gt=0
    )
    optimiser: Literal["adamw", "sgd"] = Field("adamw", description="`sgd` has momentum 0.9")
    learning_rate: float = Field(
        1e-3, description="learning rate after warm-up, before any decay", gt=0
    )
    warmup_epochs: float = Field(
        0.0, description="epochs, also in fractions, of linear warm-up from 0", ge=0
    )
    lr_schedule: Literal["constant", "plateau", "cosine"] | None = Field(
        None,
        description="decay of the learning rate: `plateau` divides it by ten after more than three"
        " epochs without a better validation mAP, `cosine` brings it to 0 at the last of `epochs`;"
        " null is `plateau` for sgd and `constant` for adamw",
    )
    weight_decay: float = Field(
        0.0, description="weight decay, decoupled from the gradient in adamw", ge=0
    )
    ema_decay: float = Field(
        0.0,
        description="decay of the moving average of the weights, which is evaluated and kept in"
        " their place; 0 keeps the weights themselves",
        ge=0,
        lt=1,
    )
    sampling: Literal["natural", "root", "balanced"] = Field(
        "natural",
        description="photos of an epoch: `natural` each once, `root` repeated by the square root of"
        " repeat_threshold / rate of their rarest tag, `balanced` drawn for a tag, all tags equally"
        " often, which is then the positive of losses that sample positives",
    )
    repeat_threshold: float = Field(
        0.01, description="rate of a tag below which `sampling: root` repeats its photos", gt=0
    )
    label_noise: float = Field(
        0.0, description="share of training tags replaced by wrong ones, to measure its effect",
        ge=0, le=1,
    )  # fmt: skip
    max_train_photos: int | None = Field(
        None,
        description="training photos to sample by the seed, equally for all systems; null: all",
        gt=0,
        exclude_if=omit_if(None),
    )
