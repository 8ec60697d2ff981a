"""Section `contamination` of params.yaml."""

from typing import ClassVar

from pydantic import Field

from phototags.params.section import Section


class Contamination(Section):
    """Training photos that are near-duplicates of a test photo."""

    renamed: ClassVar = {"hash_distance": "max_hash_distance", "feature_similarity": "min_cosine"}

    max_hash_distance: int = Field(
        description="bits of 64 in which the perceptual hashes of near-duplicates may differ",
        ge=0,
        le=64,
    )
    min_cosine: float = Field(
        description="cosine of the features that near-duplicates must have too", ge=-1, le=1
    )
    remove: bool = Field(
        description="remove near-duplicates from training; else the scores' lower bounds account "
        "for them"
    )
