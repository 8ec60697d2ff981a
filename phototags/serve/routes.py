"""The routes of the service: what is asked, and who answers."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from phototags.errors import PhotoError
from phototags.serve import schemas
from phototags.serve.access import COOKIE
from phototags.serve.files import read_credit
from phototags.serve.photos import escape_name, write_tags
from phototags.serve.refusals import RefusalError, refuse_photo
from phototags.serve.schemas import PhotoId
from phototags.serve.service import Service
from phototags.serve.tag_worker import TOP

MAX_TOP = 200
PHOTO_BODY = {"requestBody": {"required": True, "content": {"image/*": {}}}}
IMAGE = {200: {"description": "The picture", "content": {"image/*": {}}}}
PRIVATE = {"Cache-Control": "private, max-age=3600"}
FILE_HEADERS = {**PRIVATE, "Content-Security-Policy": "default-src 'none'; sandbox"}


def find_service(request: Request) -> Service:
    """The service of an application."""
    return request.app.state.service


Serving = Annotated[Service, Depends(find_service)]
Top = Annotated[int, Query(ge=1, le=MAX_TOP, description="answers, at most")]
Words = Annotated[str, Query(max_length=500)]
Share = Annotated[float, Query(ge=0, le=1, description="lowest probability")]
router = APIRouter(responses={"4XX": {"model": schemas.ErrorAnswer, "description": "Refused"}})


@router.post("/tag", openapi_extra=PHOTO_BODY)
async def tag(
    request: Request,
    service: Serving,
    top: Annotated[int, Query(ge=1, le=TOP)] = 10,
    above: Share = 0.0,
) -> schemas.TagAnswer:
    """Tag a photo: its bytes are the body, whatever its Content-Type."""
    with service.worker.reserve():
        content = await request.body()
        try:
            tags = await asyncio.wrap_future(service.worker.submit(content))
        except PhotoError as error:
            raise refuse_photo(error) from error
    shown = [one for one in write_tags(tags[:top]) if one.probability >= above]
    return schemas.TagAnswer(tags=shown)


@router.get("/search")
def search(
    service: Serving, q: Words, top: Top = 20, without: Words = "", above: Share = 0.0
) -> schemas.SearchAnswer:
    """Find the photos for which all words hold: `dog beach -people`; a comma ends a term."""
    unwanted = [word for word in without.split(",") if word.strip()]
    return service.photos.search(q, unwanted, above, top)


@router.get("/similar")
def similar(
    service: Serving, id: Annotated[PhotoId, Query()], top: Top = 20
) -> schemas.SimilarAnswer:
    """Find the photos that look like one of the index."""
    return schemas.SimilarAnswer(id=id, photos=service.photos.find_similar(id, top))


@router.get("/near")
def near(
    service: Serving, tag: Annotated[str, Query(max_length=100)], top: Top = 10
) -> schemas.NearAnswer:
    """List the tags that are probable for the same photos of the index as a tag."""
    return schemas.NearAnswer(tag=tag, near=service.photos.list_near(tag, top))


@router.get("/tags")
def tags(service: Serving, top: Top = 24) -> schemas.TagsAnswer:
    """List the tags of most photos of the index."""
    searched, counts = service.photos.list_tags(top)
    return schemas.TagsAnswer(searched=searched, tags=counts)


@router.get("/photos/{id}")
def photo(service: Serving, id: PhotoId) -> schemas.PhotoAnswer:
    """A photo's tags, what its owner wrote, who made it, and which tags were judged."""
    found = service.photos.find(id)
    judged = service.feedback.of_photo(id)
    known = dict(found.tags)
    tags = [
        schemas.JudgedTag(tag=tag, probability=known.get(tag, 0), accepted=judged.get(tag))
        for tag in [*known, *(tag for tag in judged if tag not in known)]
    ]
    names = [f"{found.name_folder(path)}/{name_file(path)}" for path in found.paths]
    return schemas.PhotoAnswer(
        id=id,
        name=name_file(found.paths[0]),
        folder=found.name_folder(found.paths[0]),
        copies=names[1:],
        title=found.title,
        taken=found.taken,
        keywords=list(found.keywords),
        tags=tags,
        credit=find_credit(service, found),
    )


def name_file(path: str) -> str:
    """The name of a file, as JSON can hold it."""
    return escape_name(path.rpartition("/")[2])


def find_credit(service: Service, found) -> schemas.Credit:
    """The credit of a photo; empty where its file cannot be read, which its picture says."""
    try:
        return read_credit(service.files.read(found)[0])
    except RefusalError:
        return schemas.Credit()


@router.get("/photos/{id}/thumbnail", response_class=Response, responses=IMAGE)
def thumbnail(
    service: Serving, id: PhotoId, side: Annotated[Literal["480", "1600"], Query()] = "480"
) -> Response:
    """A JPEG of a photo, without metadata, of at most 480 or 1,600 pixels a side."""
    made = service.files.preview(service.photos.find(id), int(side))
    return Response(made, media_type="image/jpeg", headers=FILE_HEADERS)


@router.get("/photos/{id}/file", response_class=Response, responses=IMAGE)
def file(service: Serving, id: PhotoId) -> Response:
    """A photo's file as it is, with all metadata in it."""
    content, kind = service.files.read(service.photos.find(id))
    return Response(content, media_type=kind, headers=FILE_HEADERS)


@router.post("/photos/{id}/feedback", status_code=204)
def feedback(service: Serving, id: PhotoId, verdict: schemas.Verdict) -> None:
    """Accept or refuse a tag of a photo, for learning; null takes an earlier verdict back."""
    service.photos.find(id)
    if not service.photos.is_tag(verdict.tag):
        raise RefusalError(422, "unknown_tag", f"{verdict.tag!r} is no tag of this tagger")
    service.feedback.add(id, verdict.tag, verdict.accepted)


@router.post("/session", status_code=204)
def session(service: Serving, login: schemas.Login, response: Response) -> None:
    """Let a browser in: a cookie takes the place of the token."""
    if not service.access.accepts(login.token):
        raise RefusalError(401, "wrong_token", "this is not the token that phototags serve printed")
    response.set_cookie(COOKIE, service.access.session, httponly=True, samesite="strict")


@router.get("/health")
def health(service: Serving) -> schemas.Health:
    """Whether the service works, and whether its tagger is loaded."""
    return schemas.Health(tagger=service.worker.state, token=service.access.token is not None)


@router.get("/metrics", response_class=Response,
            responses={200: {"content": {"text/plain": {}}}})  # fmt: skip
def metrics(service: Serving) -> Response:
    """Counters in Prometheus' text format."""
    return Response(service.metrics.write(), media_type="text/plain; version=0.0.4")
