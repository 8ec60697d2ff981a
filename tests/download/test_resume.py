"""Killed, spoilt, crowded out, changed: what was answered stays answered, nothing is lost."""

import fcntl
import json
import os
import resource
import subprocess
import sys
import tarfile

import pytest

from phototags.download.journal import Journal, Record, apply_rules, parse_line, read_journal
from phototags.download.refusals import RefusalRules
from phototags.errors import PhototagsError
from phototags.params.download import Download
from tests.download.kills import ROOT, kill_and_resume
from tests.download.misbehaving import HOST


def names(tar):
    with tarfile.open(tar) as packed:
        return packed.getnames()


@pytest.fixture
def urls(server):
    return [server.url("ok", number) for number in range(30)]


def make_record(**chosen) -> Record:
    """A record of a photo that was downloaded, but for what is chosen."""
    known = {
        "url": "http://a/1", "outcome": "ok", "tries": 1, "bytes": 5, "sha256": "ab" * 32,
        "final_url": "http://a/1", "seconds": 0.1, "detail": "said", "retry_next_run": False,
        "rules": "r", "format": "jpg", "width": 8, "height": 6,
    }  # fmt: skip
    return Record(**(known | chosen))


WRONG_VALUES = {
    "url": [None, 3, ["x"]], "outcome": [None, 1, "OK"], "tries": ["1", -1, 1.5, True, 10**30],
    "bytes": ["5", -5, None, 1e3, float("nan")], "sha256": [None, 7, "ab", "AB" * 32, "g" * 64],
    "final_url": [None, {}], "seconds": ["1", None, -1, float("nan"), float("inf")],
    "detail": [None, 1], "retry_next_run": [0, "no", None], "rules": [None, 2],
    "opted_out": ["yes", 1, None], "usable_until": ["soon", True, float("inf"), [1]],
    "format": [1, "../x", "JPG", "jpg\n", None],
    "width": ["8", 0, -8, 1.5, 2**40, None], "height": ["6", 0, -6, [6], None],
    "file": ["../../x.kept", "/etc/passwd", "1.kept/..", 1, "1.kept"], "offset": ["0", -1, 0],
}  # fmt: skip


@pytest.mark.parametrize("name, value", [(k, v) for k, of in WRONG_VALUES.items() for v in of])
def test_a_line_with_a_wrong_value_is_no_record_so_its_url_is_asked_again(name, value):
    sound = json.loads(make_record().to_line())
    assert parse_line(json.dumps(sound).encode()) == make_record()
    assert parse_line(json.dumps(sound | {name: value}).encode()) is None


def test_a_shard_whose_journal_holds_wrong_values_asks_again_and_ends(urls, server, shard):
    shard(urls)
    before, journal = shard.tar.read_bytes(), shard.work / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line, (name, wrong) in zip(lines, WRONG_VALUES.items(), strict=False):
        line[name] = wrong[0]
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    server.hits.clear()
    shard(urls)
    assert shard.tar.read_bytes() == before
    assert len(server.hits) == len(WRONG_VALUES)


def test_after_kills_at_random_moments_the_bytes_are_those_of_an_undisturbed_run(server):
    count = kill_and_resume(server, kills=10, seed=3, photos=120)
    assert count.kills == 10
    assert count.while_asking > 0


def test_a_journal_cut_anywhere_loses_only_the_line_that_was_cut(tmp_path):
    path = tmp_path / "journal.jsonl"
    records = [make_record(url=f"http://a/{n}", final_url="http://a/ü") for n in range(3)]
    content = b"".join(record.to_line() for record in records)
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        whole = content[:length].count(b"\n")
        journal = Journal(path)
        journal.write(records[2])
        journal.close()
        known = read_journal(path)
        assert {url: known[url] for url in list(known)[:whole]} == {
            record.url: record for record in records[:whole]
        }
        assert known["http://a/2"] == records[2]


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"null", b'{"url": 1}', b"\xff\xfe", b'{"outcome": "ok"}', b"\0" * 99],
)
def test_a_line_that_says_nothing_is_no_record(line):
    assert parse_line(line) is None


def test_an_outcome_that_does_not_exist_is_no_record():
    record = make_record(outcome="fine")
    assert parse_line(record.to_line()) is None


@pytest.mark.parametrize("former, today", [("bomb", "too_many_pixels"), ("ok", "ok")])
def test_a_journal_with_former_names_is_read(former, today):
    record = make_record(outcome=today)
    line = (
        record.to_line()
        .replace(b"retry_next_run", b"again")
        .replace(today.encode(), former.encode())
    )
    assert parse_line(line) == record


def test_bytes_that_were_lost_are_asked_for_again(urls, server, shard):
    shard(urls)
    before = shard.tar.read_bytes()
    (kept,) = shard.work.glob("*.kept")
    os.remove(shard.tar)  # as Snakemake does; the kept file is another name of it
    with open(kept, "r+b") as spoilt:
        spoilt.seek(512)
        spoilt.write(b"spoilt")
    server.hits.clear()
    shard(urls)
    assert list(server.hits) == ["/ok/0"]
    assert shard.tar.read_bytes() == before


def test_a_removed_shard_is_packed_again_without_asking(urls, server, shard):
    shard(urls)
    before = shard.tar.read_bytes()
    for path in (shard.tar, shard.downloads):
        path.unlink()
    server.hits.clear()
    shard(urls)
    assert shard.tar.read_bytes() == before and not server.hits


def test_a_packed_shard_takes_the_room_of_one(urls, server, shard):
    shard(urls)
    (kept,) = shard.work.glob("[0-9]*")
    assert kept.samefile(shard.tar)


def test_a_changed_list_asks_for_what_is_new_and_leaves_out_what_is_gone(urls, server, shard):
    shard(urls)
    server.hits.clear()
    changed = [server.url("ok", 77), *urls[5:]]
    shard(changed)
    assert list(server.hits) == ["/ok/77"]
    assert len(names(shard.tar)) == 26


def test_stricter_limits_hold_for_what_was_had_and_looser_ones_ask_again(urls, server, shard):
    rows = shard(urls)
    shard.limits["max_bytes"] = limit = sorted(row["bytes"] for row in rows)[10]
    server.hits.clear()
    small = {row["url"] for row in shard(urls) if row["outcome"] == "ok"}
    assert small == {row["url"] for row in rows if row["bytes"] <= limit}
    assert not server.hits
    shard.limits["max_bytes"] = 10**6
    assert {row["outcome"] for row in shard(urls)} == {"ok"}
    assert len(server.hits) == len(urls) - len(small)


def test_a_placeholder_that_becomes_known_later_is_taken_out(urls, server, shard):
    rows = shard(urls)
    server.hits.clear()
    again = shard(urls, placeholders=[rows[3]["sha256"]])
    assert [row["outcome"] for row in again[:5]] == ["ok"] * 3 + ["gone_placeholder", "ok"]
    assert "00000003.jpg" not in names(shard.tar) and not server.hits


def test_a_photo_that_must_go_is_neither_kept_nor_named_nor_asked_again(urls, server, shard):
    rows = shard(urls)
    content = server.photos[3]
    shard.limits["unwanted"] = {rows[3]["sha256"]}
    server.hits.clear()
    again = shard(urls)
    assert not server.hits
    assert "00000003.jpg" not in names(shard.tar) and len(names(shard.tar)) == len(urls) - 1
    files = [path for path in shard.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if content[len(content) // 2 :] in path.read_bytes()]
    unnamed = {name: again[3][name] for name in ("url", "final_url", "sha256", "file")}
    assert unnamed == {"url": "", "final_url": "", "sha256": None, "file": None}
    shard.limits["unwanted"] = ()
    assert shard(urls)[3]["file"] == "00000.tar/00000003.jpg"
    assert list(server.hits) == ["/ok/3"]


def test_a_shard_of_no_photos_is_an_empty_one(shard):
    assert shard([]) == []
    assert names(shard.tar) == []


def test_a_refusal_of_the_server_holds_under_all_rules():
    old = Record("http://a/1", "not_found", 1, 0, None, "http://a/1", 0.1, "", False, "other rules")
    assert apply_rules(old, RefusalRules(Download(), 10, 10)) == old


def test_a_shard_killed_while_packed_leaves_no_rubbish(urls, server, shard):
    stale = shard.folder / f".{shard.tar.name}.{2**22 + 1}.part"  # no process has that number
    stale.mkdir()
    (stale / shard.tar.name).write_bytes(b"half a shard")
    shard(urls)
    assert not stale.exists()


def test_two_processes_do_not_work_on_one_shard(urls, server, shard):
    shard.work.mkdir()
    with open(shard.work / "lock", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(PhototagsError, match="in use by another process"):
            shard(urls)
    assert not server.hits


def test_a_full_disk_is_said_and_what_was_answered_stays(urls, server, shard):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # no file may grow beyond
    try:
        with pytest.raises(PhototagsError, match="Make room and run again"):
            shard(urls)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not shard.tar.exists()
    answered = sum(1 for _ in read_journal(shard.work / "journal.jsonl"))
    assert 0 < answered < len(urls)
    server.hits.clear()
    assert {row["outcome"] for row in shard(urls)} == {"ok"}
    assert server.hits.total() == len(urls) - answered
    assert len(names(shard.tar)) == len(urls)


def test_memory_stays_bounded_whatever_servers_send(server, tmp_path):
    cases = [
        "endless",
        "endless_chunks",
        "zip_bomb",
        "bomb",
        "endless_headers",
        "ok",
        "claims_huge",
    ]
    job = {
        "urls": [server.url(case, number) for number in range(6) for case in cases],
        "folder": str(tmp_path),
        "settings": {
            "allow_private": [HOST],
            "timeout": 10.0,
            "max_tries": 1,
            "max_requests_per_host": 64,
        },
    }
    program = (
        "import json, sys; from tests.download.zygote import download;"
        "download(json.loads(sys.argv[1]));"
        "peak = open('/proc/self/status').read().split('VmHWM:')[1].split()[0];"
        "print(int(peak) // 1024, 'torch' in sys.modules or 'pandas' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, json.dumps(job)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    megabytes, heavy = said.stdout.split()
    assert int(megabytes) < 150
    assert heavy == "False"


def test_places_and_serial_numbers_are_not_kept_and_a_rerun_asks_for_nothing(server, shard):
    urls = [server.url("with_place", 1), server.url("ok", 2)]
    shard(urls)
    before = shard.tar.read_bytes()
    assert b"SN-4711" not in before and shard.packed.num_rows == 2
    assert all(b"SN-4711" not in path.read_bytes() for path in shard.work.iterdir())
    server.hits.clear()
    shard(urls)
    assert shard.tar.read_bytes() == before and not server.hits
    shard.limits["keep_exif"] = True
    shard(urls)
    assert b"SN-4711" in shard.tar.read_bytes() and list(server.hits) == ["/with_place/1"]
    shard.limits["keep_exif"] = False
    server.hits.clear()
    shard(urls)
    assert shard.tar.read_bytes() == before and not server.hits
