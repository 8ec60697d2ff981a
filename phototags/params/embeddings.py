"""What a tag and a photo are to a machine."""

from typing import Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


class EmbedTags(Section):
    """Skip-gram with negative sampling over tag sets."""

    start: str = Field(
        description="vectors to start from where a word has one: glove, random, text (learned from"
        " embed_tags.text), or a text file of word2vec, GloVe or fastText vectors (also gzipped)"
    )
    text: str | None = Field(
        None, description="file of plain text whose words the same trainer learns first"
    )
    dimensions: int = Field(
        description="width of a tag vector; 50 with glove, that of a file's vectors with a file",
        gt=0,
    )
    epochs: int = Field(description="passes over the training photos; 0 keeps the start", ge=0)
    negatives: int = Field(description="negative tags drawn for each pair", gt=0)
    power: float = Field(description="negatives are drawn in proportion to count ** power", ge=0)
    learning_rate: float = Field(description="Adagrad's step, one accumulator a row", gt=0)

    @model_validator(mode="after")
    def text_is_there_to_start_from(self) -> "EmbedTags":
        if (self.start == "text") != (self.text is not None):
            raise ValueError(
                f"start: text and text: FILE go together, but start is {self.start} and text is "
                f"{self.text}"
            )
        return self


class EmbedPhotos(Section):
    """Frozen features of each photo."""

    backbone: str = Field(
        description="efficientnet_lite0 (or 1, 2), torchvision:NAME or timm:NAME; "
        "efficientnet_lite0:layers has its middle layers too; efficientnet_lite0@128 sees photos "
        "of 128 pixels a side in the place of its own 224; several with + between"
    )
    precision: Literal["fp32", "bf16"] = Field(
        description="bf16 is faster where the processor has it"
    )
    batch: int = Field(description="photos a forward pass", gt=0)
