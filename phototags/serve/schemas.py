"""What the service answers, as OpenAPI describes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Probability = Annotated[float, Field(ge=0, le=1)]
PhotoId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="sha256 of the photo")]


class Answer(BaseModel):
    """An answer; its version changes when a field is removed or means something else."""

    version: Literal[1] = 1


class Tag(BaseModel):
    """A tag of a photo."""

    tag: str
    probability: Probability


class TagAnswer(Answer):
    """Tags of a photo that was sent, best first."""

    tags: list[Tag]


class FoundPhoto(BaseModel):
    """A photo that was found."""

    id: PhotoId
    name: str = Field(description="of its file")
    score: float = Field(description="probability that all words hold, or likeness")
    tags: list[Tag]


class SearchAnswer(Answer):
    """Photos that were found, best first."""

    wanted: list[str] = Field(description="terms that were searched for")
    unwanted: list[str] = Field(description="terms that must not hold")
    notes: list[str] = Field(description="of words that are neither tags nor keywords")
    searched: int = Field(description="photos that were searched")
    photos: list[FoundPhoto]


class SimilarAnswer(Answer):
    """Photos that look like one, the most alike first."""

    id: PhotoId
    photos: list[FoundPhoto]


class NearTag(BaseModel):
    """A tag that is probable for the same photos of the index as another."""

    tag: str
    cosine: float


class NearAnswer(Answer):
    """Tags near to one, the nearest first."""

    tag: str
    near: list[NearTag]


class TagCount(BaseModel):
    """A tag with the number of photos that have it with a probability of a half or more."""

    tag: str
    photos: int
    cover: PhotoId


class TagsAnswer(Answer):
    """The tags of most photos."""

    searched: int
    tags: list[TagCount]


class JudgedTag(Tag):
    """A tag of a photo, and what a person said of it."""

    accepted: bool | None = Field(description="null where nobody has accepted or refused it")


class Credit(BaseModel):
    """Who made a photo and what may be done with it, as far as the file says; else empty."""

    author: str = ""
    rights: str = ""
    licence_url: str = ""
    page_url: str = ""


class PhotoAnswer(Answer):
    """A photo of the index."""

    id: PhotoId
    name: str
    folder: str = Field(description="from the indexed folder on")
    copies: list[str] = Field(description="other files of the same bytes")
    title: str
    taken: str = Field(description="ISO 8601, or empty")
    keywords: list[str] = Field(description="which its owner wrote")
    tags: list[JudgedTag]
    credit: Credit


class Verdict(BaseModel):
    """Whether a tag is right for a photo; null takes an earlier verdict back."""

    model_config = ConfigDict(extra="forbid")

    tag: Annotated[str, Field(min_length=1, max_length=100)]
    accepted: bool | None


class Login(BaseModel):
    """The token that `phototags serve` printed."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=200)]


class Health(Answer):
    """Whether the service works."""

    status: Literal["ok"] = "ok"
    tagger: Literal["loading", "ready", "failed"]
    token: bool = Field(description="whether a token is needed")


class Problem(BaseModel):
    """Why a request was refused."""

    reason: str = Field(description="a short name from a closed set")
    message: str


class ErrorAnswer(BaseModel):
    """A refusal."""

    error: Problem
