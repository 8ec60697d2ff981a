"""Base class of every section of params.yaml."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """A section of params.yaml. Unknown keys are errors, so that a typo stops the run.

    Attributes:
        renamed: former keys and their names today (`{"warm_up": "warmup_epochs"}`), and former
            values of a key (`{"batch_norm=kept": "batch_norm=frozen"}`). Both are refused with
            today's name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    renamed: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def refuse_former_names(cls, given: Any) -> Any:
        """Raise a ValueError that names today's key or value for a former one."""
        for key, value in given.items() if isinstance(given, Mapping) else ():
            for former in (key, f"{key}={value}"):
                if former in cls.renamed and former not in cls.model_fields:
                    raise ValueError(f"{former} is called {cls.renamed[former]} now")
        return given
