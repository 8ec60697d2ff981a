"""Base classes of a system: what the workflow and training ask of every one.

A system is the section of params.yaml that describes it, together with how its tagger is trained
and restored. The settings are light: only methods that compute import torch.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.params.section import Section

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.tagged_photos import TaggedPhotos
    from phototags.systems.tagger import Tagger


class InitialiseFrom(Section):
    """Another tagger of the run, of the same seed, whose layers a tagger copies before training."""

    train: str = Field(description="training corpus of the other tagger")
    system: str = Field(
        description="system of the other tagger; its `hidden`, `scaling` and `backbone` must be"
        " the same, and a trained backbone is copied with the hidden layers"
    )
    layers: Literal["tuned", "frozen"] = Field(
        "tuned",
        description="`tuned` trains the copied layers further; `frozen` keeps the copied hidden"
        " layers and trains only what follows them",
    )


class System(Section):
    """Settings of one system.

    Attributes:
        seeded: False where every seed gives the same bytes, so that one training serves all.
        learns_by_gradient: whether it is trained in epochs, on the device of train.compute.
        has_photo_layers: whether another system may copy its hidden layers.
        uses_users: whether it needs the section `users`.
        in_user_comparison: whether it stands in the tables that compare systems with and without
            the photo's user.
        tensor_shapes: of what a tagger keeps, by name, as `tensor_checks.check_tensors` takes them;
            T is the number of tags, n that of features.
    """

    tensor_shapes: ClassVar[Mapping[str, tuple[str | int, ...]]] = {}
    seeded: ClassVar[bool] = True
    learns_by_gradient: ClassVar[bool] = False
    has_photo_layers: ClassVar[bool] = False
    uses_users: ClassVar[bool] = False
    in_user_comparison: ClassVar[bool] = False

    model: str

    @property
    def learns_backbone(self) -> bool:
        """Whether the backbone is trained with the head."""
        return False

    @property
    def source(self) -> InitialiseFrom | None:
        """The tagger whose layers it copies before training."""
        return None

    @property
    def photo_limit(self) -> int | None:
        """Number of training photos to sample; None takes all."""
        return None

    @property
    def user_descriptors(self) -> Sequence[str]:
        """Descriptors of the photo's user that are appended to the photo's features."""
        return ()

    @abstractmethod
    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> Tagger:
        """Restore a tagger from what its `tensors()` returned.

        Args:
            n_features: width of the backbone's features, without those of users.

        Raises:
            LookupError, RuntimeError, TypeError, ValueError: the tensors are another system's.
        """


class ClosedFormSystem(System):
    """A system that is fitted at once, without epochs."""

    @property
    def refits(self) -> bool:
        """Whether it is fitted again, with the validation photos, after it was evaluated."""
        return False

    @abstractmethod
    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> Tagger:
        """Fit a tagger.

        Args:
            validation: to choose settings by; nothing is fitted to them.
            n_tags: T, size of the vocabulary.
        """
