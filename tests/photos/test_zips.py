import zipfile

import pytest

from phototags.errors import ArchiveError
from phototags.photos import archives
from phototags.photos.archives import ZipArchive


def write(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_files_are_found_by_folder_and_ending(tmp_path):
    with ZipArchive(
        write(tmp_path / "a.zip", {"x/1.JPG": b"1", "x/2.txt": b"2", "y/3.jpg": b"3"})
    ) as a:
        assert a.list_names("", ".jpg") == ["x/1.JPG", "y/3.jpg"] and a.list_names("x", ".txt") == [
            "x/2.txt"
        ]
        assert a.read("x/2.txt", 10) == b"2" and a.read("nothing", 10) is None


def test_a_bomb_is_unpacked_no_further_than_asked(tmp_path):
    with ZipArchive(write(tmp_path / "a.zip", {"bomb": bytes(50_000_000)})) as a:
        assert len(a.read("bomb", 1000)) == 1001
        with pytest.raises(ArchiveError, match="50000000 bytes"), a.stream("bomb", 1000):
            pass


def test_more_files_than_any_corpus_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(ArchiveError, match="more than 3 files"):
        ZipArchive(write(tmp_path / "a.zip", {str(number): b"" for number in range(4)}))


def test_links_and_devices_in_a_zip_are_never_made(tmp_path):
    """A zip says what a file is in its upper 16 bits; here it stays the bytes that it holds."""
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    with ZipArchive(write(tmp_path / "a.zip", {link: b"/etc/passwd"})) as a:
        assert a.read("link.jpg", 100) == b"/etc/passwd"
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_names_that_lead_out_are_only_names(tmp_path):
    path = write(tmp_path / "a.zip", {"../out.jpg": b"1"})
    with ZipArchive(path) as a:
        assert a.read("../out.jpg", 10) == b"1"
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("at", range(0, 140, 7))
def test_a_damaged_byte_is_a_named_error_or_harmless(tmp_path, at):
    path = write(tmp_path / "a.zip", {"name.txt": b"some content" * 9})
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 0xFF
    path.write_bytes(content)
    try:
        with ZipArchive(path) as a:
            for name in a.list_names("", ""):
                a.read(name, 10**6)
    except ArchiveError as error:
        assert "a.zip" in str(error)


def test_a_cut_zip_is_an_archive_error(tmp_path):
    path = write(tmp_path / "a.zip", {"name.txt": b"content"})
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ArchiveError, match="should be a zip"):
        ZipArchive(path)


def by_lzma(folder, change=lambda packed, start: packed):
    """A zip of one member by LZMA; `start` is where its bytes begin."""
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.jpg", bytes(range(256)) * 4)
    packed = bytearray((folder / "a.zip").read_bytes())
    (folder / "a.zip").write_bytes(change(packed, packed.index(b"a.jpg") + 5))
    return folder / "a.zip"


def put(content, at):
    def change(packed, start):
        packed[start + at : start + at + len(content)] = content
        return packed

    return change


def test_lzma_is_unpacked_but_not_in_any_amount_of_memory(tmp_path):
    with ZipArchive(by_lzma(tmp_path)) as archive:
        assert archive.read("a.jpg", 2000) == bytes(range(256)) * 4
    path = by_lzma(tmp_path, put(b"\xff\xff\xff\x7f", 5))
    with (
        ZipArchive(path) as archive,
        pytest.raises(ArchiveError, match="2147483647 bytes to unpack"),
    ):
        archive.read("a.jpg", 2000)


@pytest.mark.parametrize(
    "change",
    [put(b"\xff" * 5, 4), put(b"\xff", 4), put(bytes(40), 9), put(b"\0\0", 2),
     lambda packed, start: packed[: start + 3] + packed[start + 8 :]],
)  # fmt: skip
def test_damaged_lzma_is_a_named_error(tmp_path, change):
    path = by_lzma(tmp_path, change)
    with pytest.raises(ArchiveError, match="a.zip"), ZipArchive(path) as archive:
        archive.read("a.jpg", 2000)
