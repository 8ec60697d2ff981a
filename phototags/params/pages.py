"""Settings of the report and of the exported tagger."""

import re

from pydantic import Field, field_validator

from phototags.params.section import Section


class Report(Section):
    """Content of the report."""

    photos: int = Field(
        description="number of test photos shown for each test corpus", ge=0, le=10_000
    )
    show_photos: bool = Field(
        description="show photos in the report, and the first ones as examples.png: in the run's"
        " figures where the licence lets everybody pass them on, else in results/{run}/private,"
        " which git ignores; false if their terms of use forbid it"
    )


class Export(Section):
    """The exported tagger, which `phototags tag` and `phototags search` use."""

    train: str = Field(description="its training corpus")
    system: str | None = Field(
        None,
        description="its system; null takes the one with the highest mAP on validation photos (mean"
        " of seeds) of those that do not know the photo's user",
    )
    seed: int = Field(description="its seed")
    blacklist: str | None = Field(
        None,
        description="regular expression of whole tags that are learned but shown to nobody: the"
        " tagger, the search indexes and the maps of the report leave them out; null shows all",
    )

    @field_validator("blacklist")
    @classmethod
    def refuse_no_pattern(cls, given: str | None) -> str | None:
        """Raise a ValueError unless the pattern compiles."""
        try:
            re.compile(given or "")
        except re.error as error:
            raise ValueError(f"should be a regular expression, but: {error}") from error
        return given
