"""The system `kernel-ridge`: kernel ridge regression, then tags by their gain in F1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.system import ClosedFormSystem

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.kernel_regression import KernelRidgeTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class KernelRidge(ClosedFormSystem):
    """Ridge regression on the similarity to every training photo, then tags by their gain in F1."""

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {
        "regression.photos": ("N", "n"),
        "regression.duals": ("N", "T"),
        **dict.fromkeys(("regression.rates", "chances.rates", "chances.means"), ("T",)),
        **dict.fromkeys(("chances.spreads", "gains.worth", "gains.cost"), ("T",)),
        "chances.weights": (6,),
    }
    seeded: ClassVar[bool] = False
    renamed: ClassVar[Mapping[str, str]] = {
        "sharpness": "gamma",
        "ridge": "alpha",
        "given": "top_k",
        "judged": "f1_photos",
        "precision": "precision_weight",
    }

    model: Literal["kernel-ridge"]
    gamma: float = Field(
        1.0, description="of the kernel exp(-gamma * squared distance) of unit features", gt=0
    )
    alpha: float = Field(0.1, description="regularisation, added to the kernel's diagonal", gt=0)
    top_k: int | None = Field(
        5,
        description="tags that a photo is expected to get; null: any number, each whose score, the"
        " gain, is above 0",
        gt=0,
    )
    f1_photos: int = Field(500, description="photos over which the F1 is expected", gt=0)
    precision_weight: float = Field(
        1.0,
        description="weight of a gain in precision against one in recall; 1 maximises the F1 of"
        " means, less finds more tags",
        gt=0,
    )
    refit: bool = Field(
        False, description="whether to fit again with the validation photos after the evaluation"
    )

    @property
    def refits(self) -> bool:
        return self.refit

    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> KernelRidgeTagger:
        """Solve the regression, then learn its calibration and the gains of tags."""
        from phototags.systems.parts.kernel_regression import fit_kernel_ridge

        keys = self.model_dump(exclude={"model", "refit"})
        return fit_kernel_ridge(photos.features, photos.relevant(n_tags), **keys)

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> KernelRidgeTagger:
        """Restore a tagger from its regression, calibration and gains."""
        from phototags.systems.parts.kernel_regression import KernelRidgeTagger

        return KernelRidgeTagger.from_tensors(tensors, self.gamma)
