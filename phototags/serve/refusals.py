"""Refusals: requests that the service answers with a 4xx status, each by a name that is counted."""

from __future__ import annotations

from http import HTTPStatus

from phototags.errors import PhotoError, PhototagsError

STATUS = {
    "too_many_bytes": 413,
    "too_many_pixels": 413,
    "not_an_image": 415,
}
"""Of photos that cannot be used, by their reason; of the others it is UNUSABLE."""
UNUSABLE = 422


class RefusalError(PhototagsError):
    """A request that is not carried out.

    Args:
        status: of HTTP, from 400 to 499.
        reason: a short name from a closed set, which is counted.
        message: what was expected and what was found.
        headers: of the answer.
    """

    def __init__(
        self, status: int, reason: str, message: str, headers: dict[str, str] | None = None
    ):
        super().__init__(message)
        self.status, self.reason, self.headers = status, reason, headers or {}


def refuse_photo(error: PhotoError) -> RefusalError:
    """The refusal of a photo that cannot be used.

    >>> refuse_photo(PhotoError("not_an_image", "found text")).status
    415
    """
    return RefusalError(STATUS.get(error.reason, UNUSABLE), error.reason, str(error))


def name_status(status: int) -> str:
    """The reason of a refusal that only has a status.

    >>> name_status(404), name_status(499)
    ('not_found', 'refused')
    """
    try:
        return HTTPStatus(status).name.lower()
    except ValueError:
        return "refused"


def write_error(reason: str, message: str) -> dict:
    """The body of an answer that refuses."""
    return {"error": {"reason": reason, "message": message}}
