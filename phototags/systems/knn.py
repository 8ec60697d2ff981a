"""The system `neighbours`: a baseline that gives the tags of the most similar training photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.system import ClosedFormSystem
from phototags.systems.bases.training_settings import omit_if

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.baselines import KnnTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class Knn(ClosedFormSystem):
    """Baseline: the tags of the most similar training photos (k nearest neighbours)."""

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {
        "features": ("N", "n"), "tags": ("E",), "ends": ("M",), "counts": ("T",)
    }  # fmt: skip
    seeded: ClassVar[bool] = False

    model: Literal["neighbours"]
    neighbours: int = Field(description="nearest training photos that vote for their tags", gt=0)
    scaling: Literal["root", "length"] = Field(
        "root",
        description="scaling of the features before they are compared: `root` takes square roots,"
        " negative features counting as zero; `length` takes them as they are, for backbones with"
        " `:layers`, whose features are signed roots",
        exclude_if=omit_if("root"),
    )

    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> KnnTagger:
        """Store the training photos' scaled features and tags."""
        from phototags.systems.parts.baselines import fit_knn
        from phototags.tags.padding import unpad_tags

        tags, counts = unpad_tags(photos.tags), photos.counts(n_tags)
        return fit_knn(photos.features, *tags, counts, self.neighbours, self.scaling)

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> KnnTagger:
        """Restore a tagger from the photos that it stores."""
        from phototags.systems.parts.baselines import KnnTagger

        photos, tags, ends, counts = (tensors[name] for name in self.tensor_shapes)
        steps = ends.diff()
        inside = len(ends) == len(photos) + 1 and ends[0] == 0 and ends[-1] == len(tags)
        whole = not (tags.is_floating_point() or ends.is_floating_point())
        if not (inside and whole and (steps >= 0).all() and (steps <= len(counts)).all()):
            raise ValueError("the ends of its photos' tags do not fit the tags")
        if len(tags) and not (tags.min() >= 0 and tags.max() < len(counts)):
            raise ValueError(f"it has tags beyond its {len(counts)}")
        return KnnTagger(**tensors, neighbours=self.neighbours, scaling=self.scaling)
