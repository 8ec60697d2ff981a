"""A tar can't lead anywhere outside itself, whatever its members are called."""

import tarfile

import pytest

from phototags.errors import ArchiveError
from phototags.photos import archives
from phototags.photos.archives import TarArchive
from phototags.photos.shards import read_members


def test_files_are_found_by_name_with_or_without_a_leading_dot(make_tar):
    with TarArchive(make_tar("a.tar", {"./x/one.png": b"1", "x/two.png": b"2"})) as archive:
        assert archive.list_names("x", ".png") == ["x/one.png", "x/two.png"]
        assert archive.read("./x/one.png", 10) == b"1"


def test_links_are_followed_inside(make_tar):
    members = {
        "a/one.png": b"1",
        "b/link.png": "../a/one.png",
        "b/far.png": "./link.png",
    }
    with TarArchive(make_tar("a.tar", members)) as archive:
        assert archive.resolve("b/far.png") == "a/one.png"
        assert archive.read("b/far.png", 10) == b"1"


def test_a_hard_link_names_its_file_from_the_top(make_tar):
    link = tarfile.TarInfo("b/hard.png")
    link.type, link.linkname = tarfile.LNKTYPE, "a/one.png"
    with TarArchive(make_tar("a.tar", {"a/one.png": b"1", "b/hard.png": link})) as archive:
        assert archive.read("b/hard.png", 10) == b"1"


@pytest.mark.parametrize(
    "to", ["/etc/passwd", "../../../../etc/passwd", "nowhere.png", "x.png", "../x"]
)
def test_links_out_nowhere_or_in_a_circle_lead_to_nothing(make_tar, to):
    with TarArchive(make_tar("a.tar", {"x.png": to})) as archive:
        assert archive.resolve("x.png") is None
        assert archive.read("x.png", 10) is None


def test_names_that_are_not_there_lead_to_nothing(make_tar):
    with TarArchive(make_tar("a.tar", {"x.png": b"1"})) as archive:
        assert archive.read("/etc/passwd", 10) is None
        assert archive.read("../../etc/passwd", 10) is None


@pytest.mark.parametrize(
    "kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_devices_and_sparse_files_are_not_there(make_tar, kind):
    member = tarfile.TarInfo("d/zero.png")
    member.type = kind
    with TarArchive(make_tar("a.tar", {"d/zero.png": member, "d/x.png": b"1"})) as archive:
        assert archive.list_names("d", ".png") == ["d/x.png"]
        assert archive.read("d/zero.png", 10) is None


def test_more_files_than_any_corpus_has_are_refused(make_tar, monkeypatch):
    path = make_tar("a.tar", {f"{number}.png": b"" for number in range(4)})
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(ArchiveError, match="more than 3 files"):
        TarArchive(path)


def test_reading_stops_one_byte_after_the_cap(make_tar):
    with TarArchive(make_tar("a.tar", {"x.png": b"12345"})) as archive:
        assert archive.read("x.png", 3) == b"1234"
        assert archive.read("x.png", 5) == b"12345"


def test_a_missing_file_and_a_file_that_is_no_tar_say_what_to_do(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"no tar" * 1000)
    for name in ("a.tar", "b.tar"):
        with pytest.raises(ArchiveError, match="uncompressed tar.*fetch it anew"):
            TarArchive(tmp_path / name)


def test_a_tar_that_ends_inside_a_file_says_so(make_tar):
    path = make_tar("a.tar", {"x.png": bytes(50_000)})
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(ArchiveError, match="fetch it anew"), TarArchive(path) as archive:
        archive.read("x.png", 10**6)


def test_a_damaged_shard_says_so(tmp_path):
    (tmp_path / "00000.tar").write_bytes(b"x" * 5000)
    with pytest.raises(ArchiveError, match="shard"):
        list(read_members(tmp_path / "00000.tar"))


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("caf\u00e9.jpg", "cafe\u0301.jpg"),
        ("caf\udce9.jpg", "caf\u00e9.jpg"),
        ("caf\udce9.jpg", "cafe\u0301.jpg"),
        ("caf\udce9.jpg", r"caf\xe9.jpg"),
        ("caf\u00e9.jpg", "./caf\u00e9.jpg"),
    ],
)
def test_a_file_is_found_in_every_form_of_its_name(make_tar, stored, asked):
    with TarArchive(make_tar("a.tar", {stored: b"a", "b.jpg": b"b"})) as archive:
        assert archive.read(asked, 9) == b"a"
        assert archive.find("other\u00e9.jpg") is None


def test_the_exact_name_comes_first(make_tar):
    with TarArchive(make_tar("a.tar", {"cafe\u0301": b"a", "caf\u00e9": b"b"})) as archive:
        assert archive.read("cafe\u0301", 9) == b"a"
        assert archive.read("caf\u00e9", 9) == b"b"
