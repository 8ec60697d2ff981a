"""Settings of the report and of the exported tagger."""

from pydantic import Field

from phototags.params.section import Section


class Report(Section):
    """Content of the report."""

    photos: int = Field(description="number of test photos shown for each test corpus", ge=0)
    show_photos: bool = Field(description="show photos; false if their terms of use forbid it")


class Export(Section):
    """The exported tagger, which `phototags tag` and `phototags search` use."""

    train: str = Field(description="its training corpus")
    system: str = Field(description="its system")
    seed: int = Field(description="its seed")
