"""A corpus on the web through Snakemake: killed, resumed, and every photo accounted for."""

import hashlib
import json
import shutil
import sys
import tarfile
from collections import Counter
from urllib.parse import urlsplit

import pandas as pd
import pytest
import yaml

from phototags.cli import main
from phototags.download.journal import read_journal
from tests.download.misbehaving import MisbehavingServer, ServerThread, picture
from tests.website import GONE_BY_ADDRESS, PICTURES, ROOT, UNLICENSED, Website

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs Debian's dpkg-deb")
SHARDS = [f"data/corpora/site/shards/{shard:05d}.tar" for shard in range(2)]
SUBMIT = """#!/bin/sh
sh "$1" > "$1.log" 2>&1 &
echo "$1" >> submitted
"""
KUBECTL = ROOT / "tests/kubectl.py"
PHOTOS = "data/corpora/site/photos.parquet"


def answered(site):
    """Addresses whose answer is written down and final."""
    records = [
        record
        for journal in site.project.glob("data/downloads/site/*/journal.jsonl")
        for record in read_journal(journal).values()
    ]
    return {record.url for record in records if not record.retry_next_run}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The corpus after a kill -9 amid the first shard and a second run; `asked` in each."""
    server = MisbehavingServer([picture(number) for number in range(PICTURES)], 0.05)
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
        photo = site.server.photos[number % PICTURES]
        assert content == (site.server.other["PNG"] if case == "png" else photo)


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


def test_drops_adds_up_what_became_of_the_listed_photos(site, capsys, monkeypatch):
    monkeypatch.chdir(site.project)
    assert main(["drops", "site"]) == 0
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


def test_drops_of_an_unknown_corpus_names_the_known(site, capsys, monkeypatch):
    monkeypatch.chdir(site.project)
    assert main(["drops", "sight"]) == 2
    listed = capsys.readouterr().err.split("listed here: ")[1].split(". Make")[0]
    assert "site" in listed.split(", ")  # beside those of this checkout, if it has any


def program(site, name, text):
    """Put a program first in Snakemake's PATH."""
    path = site.programs[1] / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def spread_anew(site, *words, **variables):
    """Let a cluster make the shards once more; their bytes before and now."""
    before = [(site.project / shard).read_bytes() for shard in SHARDS]
    site.server.hits.clear()
    often = ["--jobs", "2", "--seconds-between-status-checks", "1"]
    again = ["--nolock", "--forcerun", "download_photos", "--", *SHARDS]
    site.run(*words, *often, *again, **variables)
    return before, [(site.project / shard).read_bytes() for shard in SHARDS]


def test_a_cluster_makes_the_same_shards_each_in_a_job_of_its_own(site):
    pytest.importorskip("snakemake_executor_plugin_cluster_generic")
    submit = program(site, "submit", SUBMIT)
    executor = ["--executor", "cluster-generic", "--cluster-generic-submit-cmd", str(submit)]
    shutil.rmtree(site.project / "data/downloads")
    before, now = spread_anew(site, *executor, "--resources", "downloads=2")
    assert now == before and len(site.server.hits) > 30
    jobs = (site.project / "submitted").read_text().splitlines()
    assert len(jobs) == 2 and all("download_photos" in job for job in jobs)


def test_kubernetes_runs_each_shard_in_a_pod_with_the_projects_volume(site):
    pytest.importorskip("snakemake_executor_plugin_cluster_generic")
    kubectl = program(site, "kubectl", f"#!{sys.executable}\n{KUBECTL.read_text()}")
    before, now = spread_anew(
        site, "--workflow-profile", "profiles/kubernetes", PHOTOTAGS_IMAGE="python:3.11",
        PHOTOTAGS_CLAIM="claim", PHOTOTAGS_MOUNT="/project",
    )  # fmt: skip
    assert now == before and not site.server.hits
    pods = [json.loads(pod.read_text()) for pod in kubectl.with_suffix(".jobs").glob("*.json")]
    assert [pod["image"] for pod in pods] == ["python:3.11"] * 2
    assert {pod["resources"]["limits"]["memory"] for pod in pods} == {"1000M"}
    assert {pod["volumeMounts"][0]["mountPath"] for pod in pods} == {"/project"}


def test_every_profile_has_the_settings_that_reruns_depend_on():
    read = [yaml.safe_load(path.read_text()) for path in (ROOT / "profiles").glob("*/profile.yaml")]
    assert len(read) == 3
    for key in ("max-checksum-file-size", "rerun-incomplete", "rerun-triggers", "show-failed-logs"):
        assert len({str(profile[key]) for profile in read}) == 1, key
    assert all(profile["resources"][0].startswith("downloads=") for profile in read)
