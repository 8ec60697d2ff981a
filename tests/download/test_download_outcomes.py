"""Against a server that misbehaves in every known way, every url ends as it should."""

import hashlib
import io
import socket
import tarfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from phototags.download.outcomes import Outcome
from phototags.download.shard_tables import count_outcomes
from tests.download.conftest import new_shard
from tests.download.misbehaving import CASES, HOST, PRIVATE

ROOT = Path(__file__).parents[2]


def members(tar):
    with tarfile.open(tar) as packed:
        return {entry.name: packed.extractfile(entry).read() for entry in packed}


def free_port():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return taken.getsockname()[1]


def urls_of_everything(server):
    """Every case twice, and urls that no server needs to misbehave for; with what is right."""
    right = {
        server.url(case, 2 * place + copy): outcome
        for place, (case, outcome) in enumerate(CASES.items())
        for copy in (0, 1)
    }
    return right | {
        f"http://{PRIVATE}:{server.private_port}/ok/1": "private_address",
        f"http://2130706434:{server.private_port}/ok/2": "private_address",
        f"http://0x7f.2:{server.private_port}/ok/3": "private_address",
        f"http://[::ffff:{PRIVATE}]:{server.private_port}/ok/4": "private_address",
        f"http://[::1]:{server.private_port}/ok/5": "private_address",
        f"http://2130706433:{server.port}/ok/199": "ok",
        f"http://{HOST}:{free_port()}/ok/1": "connection",
        f"https://{HOST}:{server.port}/ok/1": "connection",
        "file:///etc/hostname": "bad_url",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=": "bad_url",
        "ftp://example.org/photo.jpg": "bad_url",
        "photo.jpg": "bad_url",
        "": "bad_url",
        f"http://user:secret@{HOST}:{server.port}/ok/1": "bad_url",
        f"http://{HOST}:99999/ok/1": "bad_url",
        "http://exa mple.org/": "bad_url",
        "http://[::1": "bad_url",
        "http://no-such-name.invalid/1.jpg": "dns",
    }


@dataclass
class Everything:
    """All urls with what is right, what a run said, and what it and a rerun asked for."""

    right: dict
    shard: object
    rows: list
    asked_again: set
    private_hits: int


@pytest.fixture(scope="module")
def everything(one_server, tmp_path_factory):
    one_server.private_hits = 0
    right = urls_of_everything(one_server)
    shard = new_shard(tmp_path_factory.mktemp("everything"), one_server)
    rows = shard(right, max_tries=2, timeout=12.0)
    one_server.hits.clear()
    rerun = new_shard(shard.folder, one_server)
    rerun(right, max_tries=1, timeout=6.0)
    asked = {f"http://{HOST}:{one_server.port}{path}" for path in one_server.hits}
    return Everything(right, shard, rows, asked, one_server.private_hits)


def test_every_outcome_is_right_and_every_photo_that_can_be_had_is_had(everything):
    wrong = {
        row["url"]: (row["outcome"], row["detail"])
        for row in everything.rows
        if row["outcome"] != everything.right[row["url"]]
    }
    assert wrong == {}
    assert set(everything.right.values()) == set(Outcome)  # no outcome is untested
    content = members(everything.shard.tar)
    for row in everything.rows:
        assert (row["file"] is not None) == (row["outcome"] == "ok")
        if row["outcome"] == "ok":
            photo = content[row["file"].removeprefix("00000.tar/")]
            assert hashlib.sha256(photo).hexdigest() == row["sha256"]
            assert len(photo) == row["bytes"]


def test_no_private_address_is_reached_and_no_file_is_read(everything):
    assert everything.private_hits == 0
    files = {row["outcome"] for row in everything.rows if row["final_url"].startswith("file:")}
    assert files == {"bad_url"}


def test_a_rerun_asks_only_for_what_can_end_better(everything):
    may = {row["url"]: row["outcome"] for row in everything.rows if row["again"]}
    assert set(may.values()) == {"timeout", "server_error", "truncated", "connection", "dns"}
    assert everything.asked_again == {url for url in may if url in everything.asked_again}
    never = {
        "not_found",
        "forbidden",
        "ok",
        "too_many_pixels",
        "too_many_bytes",
        "opted_out",
        "bad_url",
    }
    assert not never & {may[url] for url in everything.asked_again}
    cases = {url.split("/")[3] for url in everything.asked_again}
    assert {"broken", "hang", "half", "reset", "no_http"} <= cases
    assert not {"unsupported", "half_file", "redirect_loop", "missing", "noai"} & cases


def test_the_census_adds_up(everything):
    losses = count_outcomes([everything.shard.downloads])
    assert {loss.outcome: loss.photos for loss in losses} == Counter(everything.right.values())
    assert sum(loss.share for loss in losses) == pytest.approx(1)
    assert next(loss.again for loss in losses if loss.outcome == "not_found") == 0
    twice = count_outcomes([everything.shard.downloads, everything.shard.downloads])
    assert [loss.photos for loss in twice] == [2 * loss.photos for loss in losses]


def test_a_photo_is_kept_byte_for_byte(server, shard):
    shard([server.url("ok", number) for number in range(5)])
    assert list(members(shard.tar).values()) == server.photos[:5]


def test_only_failures_that_may_pass_are_tried_again(server, shard):
    slow = {"drip", "hang", "claims_more_and_waits"}
    cases = [case for case in CASES if not case.startswith("redirect") and case not in slow]
    rows = shard([server.url(case, 1000) for case in cases])
    tries = {case: row["tries"] for case, row in zip(cases, rows, strict=True)}
    for case in ("missing", "forbidden", "html", "bomb", "noai", "placeholder", "endless"):
        assert tries[case] == server.hits[f"/{case}/1000"] == 1, case
    for case in ("broken", "half", "no_http"):
        assert tries[case] == server.hits[f"/{case}/1000"] == 3, case
    for case in ("broken_once", "busy", "too_many", "half_once"):
        assert tries[case] == server.hits[f"/{case}/1000"] == 2, case
    assert tries["unsupported"] == tries["half_file"] == 1  # asking again gives the same


def test_a_try_ends_at_its_deadline_however_steadily_bytes_drip(server, shard):
    begun = time.monotonic()
    (row,) = shard([server.url("drip", 1)], timeout=0.5, max_tries=2)
    assert (row["outcome"], row["tries"]) == ("timeout", 2)
    assert row["seconds"] >= 1.0
    assert time.monotonic() - begun < 30.0  # the server drips for a minute


def test_duplicates_are_kept_once_with_all_their_urls(server, shard):
    urls = [server.url("ok", number) for number in (3, 203, 4, 3)]  # 203 has the content of 3
    rows = shard(urls)
    assert list(members(shard.tar)) == ["00000000.jpg", "00000002.jpg"]
    files = [row["file"] for row in rows]
    assert files == [f"00000.tar/0000000{row}.jpg" for row in (0, 0, 2, 0)]
    assert server.hits["/ok/3"] == 1  # listed twice, asked once
    assert shard.packed["file"].to_pylist() == files


def test_the_tar_does_not_depend_on_the_order_of_arrival(server, shard, tmp_path):
    urls = [server.url("ok", number % 40) for number in range(60)]
    shard(urls, max_requests=64)
    fast = shard.tar.read_bytes()
    shard.folder = tmp_path / "other"
    shard(urls, max_requests=1)
    assert shard.tar.read_bytes() == fast


def test_the_server_is_told_who_asks_and_where_to_complain(server, shard):
    server.agents.clear()
    shard([server.url("ok")])
    (agent,) = server.agents
    assert agent.startswith("phototags") and agent.endswith("(+https://example.org/photos)")


@pytest.mark.parametrize("case, outcome", [("hang", "timeout"), ("broken", "server_error")])
def test_a_host_that_only_fails_is_left_and_a_rerun_asks_the_others_first(
    server, shard, case, outcome
):
    urls = [server.url(case, number) for number in range(60)]
    settings = {"timeout": 0.4, "max_tries": 2, "backoff": 0.0, "max_requests_per_host": 2}
    rows = shard(urls, dead_host_photos=5, **settings)
    assert {(row["outcome"], row["again"]) for row in rows} == {(outcome, True)}
    assert sum(server.hits.values()) <= 2 * (5 + 2)  # two tries of five photos, two under way
    untried = {f"/{case}/{number}" for number in range(60)} - set(server.hits)
    assert len(untried) >= 53
    server.hits.clear()
    shard(urls, dead_host_photos=5, **settings)
    assert len(server.hits) >= 5 and set(server.hits) <= untried


def test_a_photo_is_asked_for_again_once_its_date_has_come(server, shard, monkeypatch):
    url = server.url("noai_in_future", 7)
    assert [row["outcome"] for row in shard([url])] == ["ok"]
    server.hits.clear()
    assert [row["outcome"] for row in shard([url])] == ["ok"] and not server.hits
    later = 4133980800.0  # the year 2101
    monkeypatch.setattr("phototags.download.journal.time.time", lambda: later)
    shard([url], honour_opt_out=False)
    assert not server.hits
    shard([url])
    assert list(server.hits) == ["/noai_in_future/7"]


def test_an_opt_out_can_be_ignored_and_honoured_again(server, shard):
    urls = [server.url(case, 7) for case in ("noai", "noindex", "noai_redirect")]
    assert [row["outcome"] for row in shard(urls)] == ["opted_out"] * 3
    assert [row["outcome"] for row in shard(urls, honour_opt_out=False)] == ["ok"] * 3
    server.hits.clear()
    assert [row["outcome"] for row in shard(urls)] == ["opted_out"] * 3
    assert not server.hits  # what the answer said is remembered
    assert members(shard.tar) == {}


def test_a_host_is_asked_no_more_at_once_than_allowed(server, shard):
    urls = [server.url("ok", number) for number in range(40)]
    assert {row["outcome"] for row in shard(urls, max_requests_per_host=3)} == {"ok"}
    assert server.most_under_way <= 3


def test_a_host_that_asks_for_an_hour_is_left_for_a_rerun(server, shard):
    urls = [server.url("busy_for_an_hour")] + [server.url("ok", number) for number in range(9)]
    rows = shard(urls, max_requests_per_host=1)
    assert {row["outcome"] for row in rows} == {"server_error"}
    assert [row["tries"] for row in rows] == [1] + [0] * 9
    assert server.hits.total() == 1
    assert {row["outcome"] for row in shard(urls)} == {"ok"}


def test_a_host_out_of_reach_is_given_up_after_some_tries(server, shard):
    port = free_port()
    rows = shard(
        [f"http://{HOST}:{port}/{n}" for n in range(50)], dead_host_tries=5, max_requests=1
    )
    assert {row["outcome"] for row in rows} == {"connection"}
    assert sum(row["tries"] for row in rows) == 5


def test_a_shard_without_photos_is_a_shard(server, shard):
    assert shard([]) == []
    assert members(shard.tar) == {} and count_outcomes([shard.downloads]) == []
    assert shard.packed.num_rows == 0
    assert io.BytesIO(shard.tar.read_bytes()).getbuffer().nbytes > 0


def test_every_outcome_has_a_meaning_and_a_line_in_the_docs():
    assert all(outcome.meaning for outcome in Outcome)
    page = (ROOT / "docs/corpora.md").read_text(encoding="utf-8")
    assert not [outcome for outcome in Outcome if f"`{outcome}`" not in page]
