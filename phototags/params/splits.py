"""Section `splits`: further splits by which all systems are trained and scored again."""

from pydantic import Field, field_validator

from phototags.params.names import CorpusName, Seed
from phototags.params.section import Section


class Splits(Section):
    """Further splits of training corpora, over which tables of scores take means.

    On each, the vocabulary is built and the systems are trained anew, from the same features.
    Systems that train their backbone, know the photo's user or start from another tagger are
    left out, and so are test corpora that other experiments train on.
    """

    corpora: list[CorpusName] = Field(
        description="training corpora to split further, of those without an official split; others"
        " are left alone",
        min_length=1,
    )
    seeds: list[Seed] = Field(
        description="seeds of the splits, each in place of split.seed, and of the trainings on it",
        min_length=2,
        max_length=100,
    )

    @field_validator("seeds")
    @classmethod
    def refuse_repeated_seeds(cls, seeds: list[int]) -> list[int]:
        """Raise a ValueError where a seed stands twice."""
        if len(set(seeds)) < len(seeds):
            raise ValueError(f"seeds of splits should differ, but are {str(seeds)[:80]}")
        return seeds
