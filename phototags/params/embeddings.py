"""Sections `embed_tags` and `embed_photos` of params.yaml."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


class EmbedTags(Section):
    """Skip-gram with negative sampling over tag sets."""

    renamed: ClassVar = {"start": "init", "text": "text_file"}

    init: str = Field(
        description="initial vectors of the words that have one: glove, random, text (learned from"
        " embed_tags.text_file), or a text file of word2vec, GloVe or fastText vectors (also"
        " gzipped)"
    )
    text_file: str | None = Field(
        None, description="plain text whose words the same trainer learns first"
    )
    dimensions: int = Field(
        description="width of a tag vector; 50 with glove, that of a file's vectors with a file",
        gt=0,
        le=10_000,
    )
    epochs: int = Field(
        description="passes over the training photos; 0 keeps the initial vectors", ge=0
    )
    negatives: int = Field(description="negative tags drawn for each pair of tags", gt=0)
    power: float = Field(description="negatives are drawn in proportion to count ** power", ge=0)
    learning_rate: float = Field(description="Adagrad's step, one accumulator a row", gt=0)

    @model_validator(mode="after")
    def check_text_file(self) -> "EmbedTags":
        """Raise a ValueError unless both or neither of `init: text` and `text_file` are given."""
        if (self.init == "text") != (self.text_file is not None):
            raise ValueError(
                f"init: text and text_file: FILE go together, but init is {self.init} and "
                f"text_file is {self.text_file}"
            )
        return self


class EmbedPhotos(Section):
    """Frozen features of each photo."""

    renamed: ClassVar = {"batch": "batch_size"}

    backbone: str = Field(
        description="clip_vit_b16 (2,048 features of CLIP's image tower), efficientnet_lite0 (or"
        " 1, 2), torchvision:NAME, "
        "timm:NAME or hub:OWNER/NAME@REVISION (a network of timm on the Hugging Face hub); "
        "efficientnet_lite0:layers adds features of its middle layers; efficientnet_lite0@128 "
        "resizes photos to 128 pixels a side instead of its own 224; several with + between are "
        "concatenated"
    )
    precision: Literal["fp32", "bf16", "auto"] = Field(
        description="number format of the forward pass; bf16 is faster where the processor has"
        " AVX512-BF16 or AMX, and is computed without the limit of instruction_set; auto is bf16"
        " for CLIP on such a processor, otherwise fp32"
    )
    batch_size: int = Field(description="photos a forward pass", gt=0, le=100_000)
