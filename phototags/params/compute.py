"""Where and how systems are trained."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


class Compute(Section):
    """Where and how systems are trained; precision and what follows it is for backbones only."""

    renamed: ClassVar[Mapping[str, str]] = {
        "table": "tag_table",
        "pictures": "decode_on",
        "loaders": "loader_threads",
    }
    device: str = Field(
        "cpu",
        description="torch device that heads and backbones are trained on: cpu, cuda (with several"
        " processes a GPU each) or cuda:1",
        pattern=r"^(cpu|cuda(:\d+)?)$",
    )
    tag_table: Literal["device", "host"] = Field(
        "device",
        description="memory of the tag table: the device's, or the host's for vocabularies that"
        " outgrow a GPU; then only embeddings are copied in a step",
    )
    processes: int = Field(
        1,
        description="processes that share each batch of a training, started by torchrun; they"
        " change results by rounding only",
        gt=0,
        exclude_if=lambda processes: processes == 1,
    )
    shard_tags: bool = Field(
        False,
        description="keep a part of the tag table in each process, for vocabularies that outgrow a"
        " GPU (im2vec and fast0tag only); needs two processes or more",
        exclude_if=lambda shard_tags: not shard_tags,
    )
    precision: Literal["fp32", "bf16"] = Field(
        "fp32", description="of the backbone's passes; the weights stay fp32"
    )
    compile: bool = Field(
        False,
        description="compile the backbone with torch.compile, which takes minutes at the start",
    )
    decode_on: Literal["host", "device"] = Field(
        "host",
        description="where images are decoded, cropped and mirrored for training: by the loader"
        " threads, or on the device (JPEGs by nvJPEG), for GPUs beside few processor cores",
    )
    loader_threads: int = Field(
        2, description="threads of each process that decode images; they change no result", gt=0
    )

    @model_validator(mode="after")
    def refuse_sharding_in_one_process(self) -> "Compute":
        if self.shard_tags and self.processes == 1:
            raise ValueError("shard_tags needs processes: 2 or more, but processes is 1")
        return self
