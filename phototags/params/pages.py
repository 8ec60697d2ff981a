"""What is shown, and the tagger that is carried away."""

from pydantic import Field

from phototags.params.section import Section


class Report(Section):
    """What the page shows."""

    photos: int = Field(description="test photos shown for each test corpus", ge=0)
    show_photos: bool = Field(description="false where the pictures' terms forbid showing them")


class Export(Section):
    """The tagger that `phototags tag` and `phototags search` use."""

    train: str = Field(description="its training corpus")
    system: str = Field(description="its system")
    seed: int = Field(description="its seed")
