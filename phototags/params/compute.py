"""Where and how systems are trained."""

from typing import Literal

from pydantic import Field

from phototags.params.section import Section


class Compute(Section):
    """Where and how systems learn; all but the first two keys are of backbones that learn too."""

    device: str = Field(
        "cpu",
        description="as torch names it: cpu, cuda or cuda:1; of heads as well",
        pattern=r"^(cpu|cuda(:\d+)?)$",
    )
    table: Literal["device", "host"] = Field(
        "device",
        description="where the tag table lies and moves: on the device, beside the head, or in the"
        " host's memory, for vocabularies that outgrow a GPU; of a step only embeddings travel",
    )
    precision: Literal["fp32", "bf16"] = Field(
        "fp32", description="of the backbone's passes; the weights stay fp32"
    )
    compile: bool = Field(
        False, description="by torch.compile: minutes at the start, which long trainings regain"
    )
    pictures: Literal["host", "device"] = Field(
        "host",
        description="where they are decoded, cropped and mirrored for training: by the loaders, or"
        " on the device (JPEGs by nvJPEG), for GPUs that few processors feed",
    )
    loaders: int = Field(2, description="threads that decode pictures; they change no result", gt=0)
