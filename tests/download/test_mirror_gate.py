"""Mirrors and makers' addresses pass the photos' gate: addresses, bytes, seconds and links."""

import logging
import os
import socket
import tarfile

import pytest

from phototags.download import mirror, url_safety
from phototags.download.sources import Source, fetch_source
from phototags.errors import SourceError
from tests.download.misbehaving import HOST, PRIVATE


@pytest.fixture
def fetch(server, tmp_path, monkeypatch):
    """Copy a file of the mirror `case` of the misbehaving server; its bytes."""
    monkeypatch.setattr(mirror.time, "sleep", lambda seconds: None)

    def copy(case, path="0", **options):
        to = tmp_path / "file"
        at = f"http://{HOST}:{server.port}/{case}"
        return to.read_bytes() if mirror.copy_from_mirror(at, path, to, False, **options) else None

    return copy


@pytest.mark.parametrize(
    "case, reason",
    [
        ("redirect_private", "not a public address"),
        ("redirect_mapped", "not a public address"),
        ("redirect_decimal", "not a public address"),
        ("redirect_ftp", "scheme 'ftp'"),
        ("redirect_file", "scheme 'file'"),
        ("redirect_data", "scheme 'data'"),
        ("redirect_nonsense", "http"),
        ("redirect_loop", "more than 5 redirects"),
        ("redirect_nowhere", "leads nowhere"),
        ("claims_nonsense", "could not be fetched"),
        ("claims_negative", "could not be fetched"),
        ("claims_more", "could not be fetched"),
        ("half_chunks", "could not be fetched"),
        ("endless_headers", "could not be fetched"),
        ("no_http", "could not be fetched"),
        ("no_content", "status 204"),
        ("broken", "status 500"),
        ("reset", "could not be fetched"),
    ],
)
def test_a_mirror_that_misbehaves_is_a_named_error(server, fetch, case, reason):
    with pytest.raises(SourceError, match=reason):
        fetch(case)
    assert server.private_hits == 0


def test_a_redirect_to_the_mirror_itself_is_followed_and_a_missing_file_is_missing(server, fetch):
    assert fetch("redirect", "3") == server.photos[3]
    assert fetch("redirect_twice", "4") == server.photos[4]
    assert fetch("missing") is fetch("gone") is None


def test_a_compressed_answer_is_kept_as_it_comes(server, fetch):
    assert fetch("zipped", "1")[:2] == b"\x1f\x8b"


def test_bytes_without_end_are_cut(fetch, tmp_path):
    with pytest.raises(SourceError, match="should have 2000000 bytes, but sends more"):
        fetch("endless", at_most=2_000_000)
    assert (tmp_path / "file.wrong").stat().st_size <= 2_000_000 + mirror.PIECE


def test_bytes_without_a_stated_size_are_bounded_too(fetch, monkeypatch):
    monkeypatch.setattr(mirror, "MAX_SOURCE", 3_000_000)
    with pytest.raises(SourceError, match="sends more"):
        fetch("endless")


def test_a_file_that_drips_is_given_up(fetch, monkeypatch):
    monkeypatch.setattr(mirror, "SECONDS", 0.5)
    monkeypatch.setattr(mirror, "TRIES", 2)
    with pytest.raises(SourceError, match="too slow|imeout"):
        fetch("drip")


@pytest.mark.parametrize(
    "path, asked",
    [
        ("my photos/photos.tsv", "my%20photos/photos.tsv"),
        ("fotos-ü/photos.tsv", "fotos-%C3%BC/photos.tsv"),
        ("a?b/photos.tsv", "a%3Fb/photos.tsv"),
        ("a#b/photos.tsv", "a%23b/photos.tsv"),
        ("..%2f/x", "..%252f/x"),
        ("a\nb/x", "a%0Ab/x"),
    ],
)
def test_names_are_percent_encoded(server, fetch, path, asked):
    fetch("missing", path)
    assert dict(server.hits) == {f"/missing/{asked}": 1}


def test_a_makers_name_that_resolves_privately_is_refused_but_a_mirrors_is_not(
    server, tmp_path, monkeypatch
):
    """Whoever names a mirror may mean a machine in one's own network; makers' are on the web."""
    at, to = f"http://localhost:{server.port}/ok", tmp_path / "0"
    with pytest.raises(SourceError, match="not a public address"):
        fetch_source(Source("0", "x/0", url=f"{at}/0"), to, None)
    assert mirror.copy_from_mirror(at, "0", to, False) and to.read_bytes() == server.photos[0]


def test_a_name_that_changes_its_address_gains_nothing(server, tmp_path, monkeypatch):
    def look_up(host, *_, **__):  # when the mirror is named; later it leads elsewhere
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 0))]

    monkeypatch.setattr(url_safety.socket, "getaddrinfo", look_up)
    rule = url_safety.allow_named(url_safety.read_url("http://mirror.example/"), private_names=True)
    assert not rule.admits(url_safety.parse_address(PRIVATE))


def test_links_of_a_mirror_folder_do_not_lead_outside(tmp_path, caplog):
    images = tmp_path / "mirror/c/images"
    images.mkdir(parents=True)
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (images / "a.jpg").write_bytes(b"a")
    os.symlink("a.jpg", images / "b.jpg")
    os.symlink(tmp_path / "secret.jpg", images / "c.jpg")
    os.symlink("../../../secret.jpg", images / "d.jpg")
    os.symlink("/dev/zero", images / "e.jpg")
    os.symlink(images, images / "circle")
    os.mkfifo(images / "f.jpg")
    with caplog.at_level(logging.WARNING):
        assert mirror.copy_from_mirror(
            str(tmp_path / "mirror"), "c/images.tar", tmp_path / "t", False
        )
    with tarfile.open(tmp_path / "t") as tar:
        assert tar.getnames() == ["images/a.jpg", "images/b.jpg"]
        assert {tar.extractfile(name).read() for name in tar.getnames()} == {b"a"}
    assert "2 files" in caplog.text and "c.jpg" in caplog.text


@pytest.mark.parametrize("path", ["c/photos.tsv", "../secret.tsv", "c/images.tar"])
def test_a_file_that_leads_out_of_a_mirror_folder_is_a_named_error(tmp_path, path):
    (tmp_path / "mirror/c").mkdir(parents=True)
    (tmp_path / "secret.tsv").write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "secret.tsv", tmp_path / "mirror/c/photos.tsv")
    os.symlink(tmp_path / "elsewhere", tmp_path / "mirror/c/images")
    with pytest.raises(SourceError, match="should lie in the mirror.*leads to"):
        mirror.copy_from_mirror(str(tmp_path / "mirror"), path, tmp_path / "to", False)
