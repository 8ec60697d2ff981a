"""What can become of a photo url: one closed set of names."""

from enum import StrEnum


class Outcome(StrEnum):
    """Every photo url ends in exactly one of these; MEANING says what each is.

    >>> Outcome("ok") is Outcome.OK and len(Outcome)
    15
    """

    OK = "ok"
    NOT_FOUND = "not_found"
    GONE_PLACEHOLDER = "gone_placeholder"
    FORBIDDEN = "forbidden"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    BOMB = "bomb"
    PRIVATE_ADDRESS = "private_address"
    BAD_URL = "bad_url"
    OPTED_OUT = "opted_out"
    DNS = "dns"
    CONNECTION = "connection"
    SERVER_ERROR = "server_error"


MEANING = {
    Outcome.OK: "had",
    Outcome.NOT_FOUND: "status 404 or 410",
    Outcome.GONE_PLACEHOLDER: "the picture that a host shows for removed photos",
    Outcome.FORBIDDEN: "any other refusal of the server",
    Outcome.TIMEOUT: "not done within a try's deadline",
    Outcome.TOO_LARGE: "more bytes than allowed",
    Outcome.NOT_AN_IMAGE: "no JPEG, PNG, GIF or WebP",
    Outcome.TRUNCATED: "the picture lacks its end",
    Outcome.BOMB: "more pixels than allowed",
    Outcome.PRIVATE_ADDRESS: "leads to an address that is not public",
    Outcome.BAD_URL: "no http(s) address, or redirected to one that is none",
    Outcome.OPTED_OUT: "the owner's X-Robots-Tag says no",
    Outcome.DNS: "the host's name is not known",
    Outcome.CONNECTION: "refused, reset, or no TLS",
    Outcome.SERVER_ERROR: "status 5xx or 429, no HTTP, redirects without end",
}
