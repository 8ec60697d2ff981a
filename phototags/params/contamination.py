"""What would give test photos away."""

from pydantic import Field

from phototags.params.section import Section


class Contamination(Section):
    """Training photos that show the same as a test photo."""

    hash_distance: int = Field(
        description="bits of 64 in which the perceptual hashes of a pair may differ", ge=0, le=64
    )
    feature_similarity: float = Field(
        description="cosine that the features of a pair must reach too", ge=-1, le=1
    )
    remove: bool = Field(
        description="do not learn from them; else the scores' lower bounds say what that may gain"
    )
