"""What X-Robots-Tag says, and to whom; how long Retry-After asks to wait."""

from datetime import UTC, datetime

import pytest

from phototags.download.response_headers import forbids_use, parse_retry_after

NO = """noai noindex NOINDEX none noimageai noimageindex all,noai *:noai phototags:noindex
PhotoTags:noai nofollow,noindex max-snippet:20,noindex"""


@pytest.mark.parametrize("value", NO.split())
def test_these_forbid(value):
    assert forbids_use([value.replace(",", ", ").replace(":", ": ")])


@pytest.mark.parametrize(
    "value",
    ["", "all", "nofollow", "otherbot: noai", "otherbot: nofollow, noai", "noarchive, nosnippet",
     "unavailable_after: 25 Jun 2010 15:00:00 PST", "max-image-preview: none"],
)  # fmt: skip
def test_these_do_not(value):
    assert not forbids_use([value])


def test_every_header_counts():
    assert forbids_use(["otherbot: noai", "nofollow", "noai"])
    assert not forbids_use([])


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("99999999999999", 999999999.0),
        ("²", 0.0),
        ("1.5", 0.0),
        (None, 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(value, seconds):
    assert parse_retry_after(value, datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)) == seconds
