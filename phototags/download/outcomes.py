"""What can become of a photo url: one closed set of names."""

from enum import StrEnum


class Outcome(StrEnum):
    """Every photo url ends in exactly one of these.

    >>> Outcome("ok") is Outcome.OK and len(Outcome)
    15
    """

    OK = "ok"
    NOT_FOUND = "not_found"  # 404, 410
    GONE_PLACEHOLDER = "gone_placeholder"  # the picture that a host shows for removed photos
    FORBIDDEN = "forbidden"  # any other refusal of the server
    TIMEOUT = "timeout"  # not done within the deadline of a try
    TOO_LARGE = "too_large"  # more bytes than allowed
    NOT_AN_IMAGE = "not_an_image"  # no jpg, png, gif or webp
    TRUNCATED = "truncated"  # the picture ends before its end
    BOMB = "bomb"  # more pixels than allowed
    PRIVATE_ADDRESS = "private_address"  # leads to an address that is not public
    BAD_URL = "bad_url"  # no http(s) url, or redirected to one that is none
    OPTED_OUT = "opted_out"  # X-Robots-Tag says no
    DNS = "dns"  # the host's name cannot be resolved
    CONNECTION = "connection"  # refused, reset, no TLS
    SERVER_ERROR = "server_error"  # 5xx, 429, no HTTP, redirects without end
