"""Base classes of the systems that learn by gradient."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, model_validator

from phototags.errors import ModelError
from phototags.systems.bases.system import InitialiseFrom, System
from phototags.systems.bases.training_settings import TrainingSettings, omit_if

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

    from phototags.systems.parts.embedding_tagger import EmbeddingTagger
    from phototags.systems.parts.objectives import Objective
    from phototags.systems.parts.tagged_photos import TaggedPhotos


def leave_unconstrained(tagger: EmbeddingTagger) -> None:
    """Allow any weights."""


class BuiltSystem(NamedTuple):
    """What the training loop needs of a system.

    Attributes:
        tagger: untrained.
        objective: from the tagger, a batch and a generator to the loss.
        constrain: brings the weights back to where they may be, after each step.
    """

    tagger: EmbeddingTagger
    objective: Objective
    constrain: Callable[[EmbeddingTagger], None] = leave_unconstrained


class GradientSystem(System, TrainingSettings):
    """A head over a backbone's features, a tag table, and how both are trained."""

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {"tag_vectors": ("T", "D"), "bias": ("T",)}
    learns_by_gradient: ClassVar[bool] = True
    has_photo_layers: ClassVar[bool] = True
    can_shard_tags: ClassVar[bool] = False  # whether a step scores only a few tags of the table

    backbone: Literal["frozen", "trained"] = Field(
        "frozen",
        description="`frozen` learns from the features of embed_photos.backbone; `trained` also"
        " trains that backbone, from pixels, and the tagger keeps its own copy",
        exclude_if=omit_if("frozen"),
    )
    hidden: list[Annotated[int, Field(gt=0, le=1_000_000)]] = Field(
        [], description="widths of the head's hidden layers", max_length=100
    )
    scaling: Literal["root", "length", "none"] = Field(
        "root",
        description="scaling of the features: `root` takes square roots and then unit length,"
        " `length` only unit length",
    )
    dropout: float = Field(
        0.0, description="probability that an input of a layer is zeroed in training", ge=0, lt=1
    )

    @property
    def learns_backbone(self) -> bool:
        return self.backbone == "trained"

    @property
    def scaled_length(self) -> float | None:
        """Length of the scaled features; None is the root of their number."""
        return None

    @property
    def photo_limit(self) -> int | None:
        return self.max_train_photos

    def build(
        self,
        photos: TaggedPhotos,
        tag_vectors: Tensor,
        generator: Generator,
        source: Mapping[str, Tensor] | None = None,
    ) -> BuiltSystem:
        """Build the untrained tagger and its objective.

        Args:
            tag_vectors: (T, D) float32; systems that learn their own table take only T from it.
            source: tensors of the tagger that `initialise_from` names.

        Raises:
            ModelError: `source` does not fit, or is given where none is named, or the reverse.
        """
        from phototags.systems.parts.transfer import copy_layers

        if (self.source is None) != (source is None):
            raise ModelError(
                "weights to start from should be given where `initialise_from` names them, but it "
                f"is {self.source} and {'none' if source is None else 'some'} are given."
            )
        built = self.build_from_scratch(photos, tag_vectors, generator)
        if self.source:
            frozen = self.source.layers == "frozen"
            copy_layers(built.tagger.head, source, len(self.hidden), frozen)
        return built

    @abstractmethod
    def build_from_scratch(
        self, photos: TaggedPhotos, tag_vectors: Tensor, generator: Generator
    ) -> BuiltSystem:
        """Build the tagger with fresh weights; arguments as those of `build`."""

    def init_tagger(
        self,
        n_features: int,
        tag_vectors: Tensor,
        bias: Tensor,
        generator: Generator,
        n_user_features: int = 0,
    ) -> EmbeddingTagger:
        """Make a tagger with a fresh head.

        Args:
            n_features: n, width of the backbone's features. tag_vectors: (T, D). bias: (T,).
            n_user_features: m, columns after the features that describe the photo's user.
        """
        from phototags.systems.parts.embedding_tagger import EmbeddingTagger

        head = self.make_head(n_features, tag_vectors.shape[1], generator, n_user_features)
        return EmbeddingTagger(head, tag_vectors, bias)

    def make_head(
        self, n_features: int, embedding_dim: int, generator: Generator, n_user_features: int
    ) -> nn.Module:
        """Make a fresh head (B, n + m) -> (B, D)."""
        from phototags.systems.parts.heads import make_head

        layers, length = [*self.hidden, embedding_dim], self.scaled_length
        return make_head(n_features, layers, self.scaling, self.dropout, generator, length)

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> EmbeddingTagger:
        """Restore a tagger, ready to score."""
        from torch import Generator

        from phototags.systems.parts.tensor_checks import check_layers

        tables = tensors["tag_vectors"].float(), tensors["bias"].float()
        check_layers(tensors, self.layer_widths(n_features, tables[0].shape[1]))
        n_user_features = self.count_user_features(tensors)
        tagger = self.init_tagger(n_features, *tables, Generator(), n_user_features)
        tagger.load_state_dict(tensors)
        return tagger.eval()

    def layer_widths(self, n_features: int, embedding_dim: int) -> list[int]:
        """Widths of the head's inputs and of the outputs of each linear layer."""
        return [n_features, *self.hidden, embedding_dim]

    def count_user_features(self, tensors: Mapping[str, Tensor]) -> int:
        """Number of features of the photo's user that a trained head takes."""
        return 0

    def keep_probabilities(self, tag_rates: Tensor) -> Tensor | None:
        """(T,) float, chance that a written tag is kept in an epoch; None keeps all."""
        return None


class LayeredSystem(GradientSystem):
    """A system whose head may copy the hidden layers of another."""

    renamed: ClassVar[Mapping[str, str]] = GradientSystem.renamed | {
        "start": "initialise_from",
        "normalisation": "batch_norm",
        "batch_norm=kept": "batch_norm=frozen",
    }

    initialise_from: InitialiseFrom | None = Field(
        None,
        description="tagger whose hidden layers are copied before training; its tags may be others",
        exclude_if=omit_if(None),
    )
    batch_norm: Literal["batch", "frozen"] = Field(
        "batch",
        description="statistics that a trained backbone normalises by: of each `batch`, or the"
        " ones that it came with (`frozen`), so that no photo's features depend on others (small"
        " batches, several processes)",
        exclude_if=omit_if("batch"),
    )

    @property
    def source(self) -> InitialiseFrom | None:
        return self.initialise_from

    @model_validator(mode="after")
    def refuse_frozen_batch_norm_without_backbone(self) -> LayeredSystem:
        """Raise a ValueError where `batch_norm: frozen` has no backbone to apply to."""
        if self.batch_norm == "frozen" and not self.learns_backbone:
            raise ValueError("batch_norm: frozen needs backbone: trained, but backbone is frozen")
        return self

    @model_validator(mode="after")
    def refuse_source_without_layers(self) -> LayeredSystem:
        """Raise a ValueError where there are no layers to copy."""
        if self.initialise_from and not self.hidden and not self.learns_backbone:
            raise ValueError(
                "initialise_from needs layers to copy, but hidden is [] and backbone is frozen"
            )
        return self
