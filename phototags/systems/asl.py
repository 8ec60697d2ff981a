"""The system `asl`: one sigmoid a tag and the asymmetric loss (Ridnik et al., ICCV 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.dense import DenseLoss, DenseSystem


class Asl(DenseSystem):
    """One sigmoid a tag and the asymmetric loss (Ridnik et al., 2021)."""

    model: Literal["asl"]
    renamed: ClassVar[Mapping[str, str]] = DenseSystem.renamed | {
        "focus_positive": "gamma_positive",
        "focus_negative": "gamma_negative",
    }

    gamma_positive: float = Field(
        0.0, description="focusing power on written tags: more weights certain ones less", ge=0
    )
    gamma_negative: float = Field(
        4.0, description="focusing power on missing tags: more weights certain ones less", ge=0
    )
    margin: float = Field(
        0.05, description="probability below which a missing tag costs nothing", ge=0, lt=1
    )

    def make_loss(self) -> DenseLoss:
        """The asymmetric loss with these settings."""
        from phototags.systems.parts.losses import asymmetric_loss

        keys = {"gamma_positive", "gamma_negative", "margin"}
        return partial(asymmetric_loss, **self.model_dump(include=keys))
