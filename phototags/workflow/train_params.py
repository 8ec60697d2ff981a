"""Which taggers are trained, and on what."""

from pydantic import Field

from phototags.params.compute import Compute
from phototags.params.section import Section
from phototags.systems.registry import AnySystem


class Train(Section):
    """Which taggers are trained, and how often."""

    seeds: list[int] = Field(description="each tagger is trained once for each", min_length=1)
    systems: dict[str, AnySystem] = Field(description="the systems by name, each a preset")
    compute: Compute = Field(Compute(), description="where and how those that learn are trained")
