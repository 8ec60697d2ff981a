"""What headers ask of us: whom opt-outs mean, and how long Retry-After asks to wait."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from multidict import CIMultiDict

from phototags.download.response_headers import (
    MAX_WAIT,
    find_end_of_use,
    forbids_use,
    opts_out,
    parse_date,
    parse_retry_after,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAST, FUTURE = "Sat, 25 Jun 2010 15:00:00 PST", "Sat, 25 Jun 2050 15:00:00 PST"
NO = """noai noindex NOINDEX none noimageai noimageindex all,noai *:noai phototags:noindex
PhotoTags:noai nofollow,noindex max-snippet:20,noindex phototags/0.2.0:noai robots:noai all:noai
noai;noindex noai=1 "noai" noai: noarchive:,noai otherbot:nofollow,phototags:noai
otherbot:nofollow,*:noai max-image-preview:none,noindex content:nofollow,all:none"""


@pytest.mark.parametrize("value", NO.split())
def test_these_forbid(value):
    assert forbids_use([value.replace(",", ", ").replace(":", ": ")])


@pytest.mark.parametrize(
    "value",
    ["", "all", "nofollow", "otherbot: noai", "otherbot: nofollow, noai", "noarchive, nosnippet",
     "max-image-preview: none", "no-ai", "noaid", f"unavailable_after: {FUTURE}",
     f"otherbot: unavailable_after: {PAST}", "unavailable_after: soon", "unavailable_after:"],
)  # fmt: skip
def test_these_do_not(value):
    assert not forbids_use([value], NOW)


@pytest.mark.parametrize(
    "date",
    [PAST, "25 Jun 2010 15:00:00 PST", "Friday, 25-Jun-10 15:00:00 EST", "25-Jun-2010 15:00:00 GMT",
     "2010-06-25T15:00:00Z", "2010-06-25T15:00:00+02:00", "2010-06-25"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{}", "phototags: {}", "nofollow, {}", "{}, nofollow"])
def test_a_date_forbids_from_then_on(form, date):
    assert forbids_use([form.format(f"unavailable_after: {date}")], NOW)
    assert not forbids_use(
        [form.format(f"unavailable_after: {date}")], datetime(2009, 1, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize("date", [FUTURE, "2050-06-25T15:00:00Z", "25 Jun 2050 15:00:00 PST", "?"])
def test_a_rule_behind_a_date_counts(date):
    assert forbids_use([f"unavailable_after: {date}, noai"], NOW)
    assert forbids_use([f"noai, unavailable_after: {date}"], NOW)
    assert not forbids_use([f"unavailable_after: {date}, otherbot: noai"], NOW)


@pytest.mark.parametrize("form", ["{}", "phototags: {}", "otherbot: noai, all: {}", "{}, noai"])
def test_the_first_date_ahead_ends_the_use(form):
    """2050-06-25 23:00 UTC is 2539810800 by `date -d`."""
    values = [form.format(f"unavailable_after: {FUTURE}"), "unavailable_after: 2060-01-01"]
    headers = CIMultiDict([("X-Robots-Tag", value) for value in [*values, "unavailable_after: ?"]])
    assert find_end_of_use(headers, NOW) == 2539810800.0


@pytest.mark.parametrize("value", [f"unavailable_after: {PAST}", "noai", "", "otherbot: {}"])
def test_without_a_date_ahead_for_us_no_use_ends(value):
    value = value.format(f"unavailable_after: {FUTURE}")
    assert find_end_of_use({"X-Robots-Tag": value}, NOW) is None


def test_every_header_counts():
    assert forbids_use(["otherbot: noai", "nofollow", "noai"])
    assert not forbids_use([])
    for name, value in (("x-robots-tag", "noai"), ("TDM-Reservation", "1"),
                        ("Content-Usage", "search=y, train-ai=n")):  # fmt: skip
        assert opts_out(CIMultiDict([("X-Robots-Tag", "nofollow"), (name, value)]))
    for name, value in (("TDM-Reservation", "0"), ("Content-Usage", "train-ai=y"), ("X-A", "noai")):
        assert not opts_out(CIMultiDict([(name, value)]))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("99999999999999", MAX_WAIT),
        ("Sun, 06 Nov 9999 08:00:00 GMT", MAX_WAIT),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", 0.0),
        ("1 Jan 2020 00:00:00 +99999999999999999", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 0.0),
        ("Mon,", 0.0),
        ("²", 0.0),
        ("1.5", 0.0),
        ("1e999", 0.0),
        ("nan", 0.0),
        (None, 0.0),
    ],
)
def test_retry_after_is_bounded_seconds_or_a_date_or_nothing(value, seconds):
    assert parse_retry_after(value, datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)) == seconds


@given(some.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)), some.integers(-1439, 1439))
def test_a_date_is_the_same_moment_in_either_notation(moment, minutes):
    zone = timezone(timedelta(minutes=minutes))
    moment = moment.replace(microsecond=0, tzinfo=UTC).astimezone(zone)
    assert parse_date(moment.isoformat()) == moment
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S %z")) == moment


PIECES = ["unavailable_after: ", "noai", "Mon, ", "Jan ", "99999999999 ", "00:00:00 ", "GMT"]
PIECES += ["+9999", "-2400", ": ", ", ", ";", "phototags", "*", "\xff\xfe", "1", "0", "-", "T", "Z"]


@given(some.one_of(some.text(max_size=200), some.lists(some.sampled_from(PIECES)).map("".join)))
@example("1" * 100_000)
@example("unavailable_after: " * 20_000)
@example("a" * 100_000 + ":")
def test_no_header_raises_and_each_answer_is_in_its_range(value):
    assert 0 <= parse_retry_after(value) <= MAX_WAIT
    assert forbids_use([value]) in (True, False)
    headers = [(name, value) for name in ("X-Robots-Tag", "TDM-Reservation", "Content-Usage")]
    assert opts_out(CIMultiDict(headers)) in (True, False)
    end = find_end_of_use(CIMultiDict(headers), NOW)
    assert end is None or end > NOW.timestamp()
