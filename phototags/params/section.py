"""What every part of params.yaml has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A typo must stop the run, so unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
