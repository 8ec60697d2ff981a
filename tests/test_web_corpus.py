"""A corpus on the web through Snakemake: killed, resumed, and every photo accounted for."""

import hashlib
import shutil
import tarfile
from collections import Counter
from urllib.parse import urlsplit

import pandas as pd
import pytest

from phototags.cli import main
from phototags.download.journal import read_journal
from tests.download.misbehaving import MisbehavingServer, ServerThread, picture
from tests.website import GONE_BY_ADDRESS, UNLICENSED, Website

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs Debian's dpkg-deb")
PHOTOS = "data/corpora/site/photos.parquet"


def answered(site):
    """Addresses whose answer is written down and final."""
    records = [
        record
        for journal in site.project.glob("data/downloads/site/*/journal.jsonl")
        for record in read_journal(journal).values()
    ]
    return {record.url for record in records if not record.again}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The corpus after a kill -9 amid the first shard and a second run; `asked` in each."""
    server = MisbehavingServer([picture(number) for number in range(100)], 0.05)
    with ServerThread(server):
        site = Website(tmp_path_factory.mktemp("web"), server)
        site.kill(site.start("--cores", "2", PHOTOS), after=8)
        site.done, site.asked = answered(site), [dict(server.hits)]
        server.hits.clear()
        site.run("--cores", "2", "--nolock", PHOTOS)
        site.asked.append(dict(server.hits))
        yield site


def test_nothing_is_asked_twice_that_was_answered_before_the_kill(site):
    assert 0 < len(site.done) < 20
    assert not {urlsplit(url).path for url in site.done} & set(site.asked[1])


def test_every_listed_photo_is_had_or_dropped_by_its_outcome(site):
    photos = pd.read_parquet(site.project / PHOTOS)
    drops = pd.read_csv(site.project / "data/corpora/site/drops.tsv", sep="\t", dtype=str)
    found = {row: "ok" for row in photos["row"]}
    for drop in drops.fillna("").itertuples():
        row = int(drop.photo_id[1:] if drop.photo_id else drop.detail.removeprefix("row "))
        assert row not in found
        found[row] = drop.reason
    assert found == site.expected()


def test_the_shards_hold_the_bytes_that_the_server_has(site):
    photos = pd.read_parquet(site.project / PHOTOS)
    for photo in photos.itertuples():
        tar, _, member = photo.file.partition("/")
        with tarfile.open(site.project / "data/corpora/site/shards" / tar) as packed:
            content = packed.extractfile(member).read()
        assert hashlib.sha256(content).hexdigest() == photo.sha256
        case, number = site.photos[photo.row]
        theirs = site.server.other["PNG"] if case == "png" else site.server.photos[number]
        assert content == theirs


def test_who_is_not_wanted_is_not_asked_for(site):
    asked = site.asked[0].keys() | site.asked[1].keys()
    for row in (UNLICENSED, GONE_BY_ADDRESS):
        assert urlsplit(site.urls[row]).path not in asked
    assert site.server.private_hits == 0
    assert site.server.agents and all("example.org/photos" in one for one in site.server.agents)


def test_no_file_has_the_bytes_of_a_photo_that_must_go(site):
    content = site.server.photos[91]
    middle = content[len(content) // 2 :][:200]
    files = [path for path in (site.project / "data").rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [path for path in files if middle in path.read_bytes()]


def test_losses_adds_up_what_became_of_the_listed_photos(site, capsys, monkeypatch):
    monkeypatch.chdir(site.project)
    assert main(["losses", "site"]) == 0
    heading, asked, total, dropped = capsys.readouterr().out.strip().split("\n\n")
    expected = Counter(site.expected().values())
    assert heading == "site: 38 addresses of photos in 2 shards"  # two were not asked for
    assert total == f"site: 40 photos listed, {expected.pop('ok')} used"
    found = Counter()
    for line in dropped.splitlines()[2:]:
        _, reason, photos, _, left = line.strip("| ").split("|")
        found[reason.strip()] += int(photos)
    assert found == expected
    for line in asked.splitlines()[2:]:
        outcome, _, photos, _, again = (cell.strip() for cell in line.strip("| ").split("|"))
        had = 40 - sum(number for name, number in expected.items() if name != "duplicate") + 1
        assert int(photos) == (had if outcome == "ok" else expected[outcome])
        assert again == "0"


def test_losses_of_an_unknown_corpus_names_the_known(site, capsys, monkeypatch):
    monkeypatch.chdir(site.project)
    assert main(["losses", "sight"]) == 2
    assert "listed here: site" in capsys.readouterr().err
