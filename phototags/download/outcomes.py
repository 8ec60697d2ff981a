"""The closed set of outcomes of a photo url."""

from enum import StrEnum
from typing import Self


class Outcome(StrEnum):
    """Every photo url ends in exactly one of these; `meaning` says what it is.

    >>> Outcome("ok") is Outcome.OK, len(Outcome), Outcome.OK.meaning
    (True, 16, 'downloaded')
    """

    def __new__(cls, value: str, meaning: str) -> Self:
        outcome = str.__new__(cls, value)
        outcome._value_, outcome.meaning = value, meaning
        return outcome

    OK = "ok", "downloaded"
    NOT_FOUND = "not_found", "status 404 or 410"
    GONE_PLACEHOLDER = "gone_placeholder", "the picture that a host shows for removed photos"
    FORBIDDEN = "forbidden", "any other refusal of the server"
    TIMEOUT = "timeout", "not done within a try's deadline"
    TOO_MANY_BYTES = "too_many_bytes", "more bytes than allowed"
    TOO_MANY_PIXELS = "too_many_pixels", "more pixels than allowed"
    NOT_AN_IMAGE = "not_an_image", "no JPEG, PNG, GIF or WebP"
    TRUNCATED = "truncated", "the picture lacks its end"
    UNDECODABLE = "undecodable", "a JPEG with hundreds of scans"
    PRIVATE_ADDRESS = "private_address", "leads to an address that is not public"
    BAD_URL = "bad_url", "no http(s) address, or redirected to one that is none"
    OPTED_OUT = "opted_out", "the owner's headers say no"
    DNS = "dns", "the host's name is not known"
    CONNECTION = "connection", "refused, reset, or no TLS"
    SERVER_ERROR = "server_error", "status 5xx or 429, no HTTP, redirects without end"
