"""What X-Robots-Tag says, and to whom."""

import pytest

from phototags.download.optout import opted_out

NO = """noai noindex NOINDEX none noimageai noimageindex all,noai *:noai phototags:noindex
PhotoTags:noai nofollow,noindex max-snippet:20,noindex"""


@pytest.mark.parametrize("value", NO.split())
def test_these_forbid(value):
    assert opted_out([value.replace(",", ", ").replace(":", ": ")])


@pytest.mark.parametrize(
    "value",
    ["", "all", "nofollow", "otherbot: noai", "otherbot: nofollow, noai", "noarchive, nosnippet",
     "unavailable_after: 25 Jun 2010 15:00:00 PST", "max-image-preview: none"],
)  # fmt: skip
def test_these_do_not(value):
    assert not opted_out([value])


def test_every_header_counts():
    assert opted_out(["otherbot: noai", "nofollow", "noai"])
    assert not opted_out([])
