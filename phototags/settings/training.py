"""Which taggers are trained, and on what."""

from typing import Literal

from pydantic import Field

from phototags.section import Section
from phototags.systems import System


class Compute(Section):
    """Where and how the systems are trained whose backbone learns too."""

    device: str = Field("cpu", description="as torch names it: cpu, cuda or cuda:1")
    precision: Literal["fp32", "bf16"] = Field(
        "fp32", description="of the backbone's passes; the weights stay fp32"
    )
    compile: bool = Field(
        False, description="by torch.compile: minutes at the start, which long trainings regain"
    )
    loaders: int = Field(2, description="threads that decode pictures; they change no result", gt=0)


class Train(Section):
    """Which taggers are trained, and how often."""

    seeds: list[int] = Field(description="each tagger is trained once for each", min_length=1)
    systems: dict[str, System] = Field(description="the systems by name, each a preset")
    compute: Compute = Field(
        Compute(), description="where and how those with `backbone: trained` are"
    )
