"""Files that their makers publish: checked, gone on with, and compressed tars kept uncompressed."""

import bz2
import gzip
import hashlib
import http.server
import lzma
import random
import threading
import zlib

import pytest

from phototags.download import decompression
from phototags.download.sources import Source, fetch_source
from phototags.errors import ArchiveError, SourceError

TAR = b"the bytes of a tar" * 100


@pytest.fixture
def address(tmp_path):
    """A folder and where it is served."""
    folder = tmp_path / "published"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_published_compressed_tar_is_kept_uncompressed(address, tmp_path, pack):
    folder, at = address
    (folder / "a.tar.x").write_bytes(pack(TAR))
    sha256 = hashlib.sha256(pack(TAR)).hexdigest() if pack is bz2.compress else None
    source = Source("a.tar", "c/a.tar.x", url=f"{at}/a.tar.x", sha256=sha256)
    receipt = fetch_source(source, tmp_path / "a.tar", None)
    assert (tmp_path / "a.tar").read_bytes() == TAR and receipt["from"] == "web"
    assert not list(tmp_path.glob(".a.tar*"))


def test_another_hash_or_size_is_refused_and_put_aside(address, tmp_path):
    folder, at = address
    (folder / "a.zip").write_bytes(TAR)
    for known in ({"sha256": "0" * 64}, {"size": 3}):
        with pytest.raises(SourceError, match=r"a\.zip"):
            fetch_source(
                Source("a.zip", "c/a.zip", url=f"{at}/a.zip", **known), tmp_path / "a.zip", None
            )
        assert [path.name for path in tmp_path.glob("*a.zip*")] == [".a.zip.came.wrong"]


def test_what_is_gone_says_where_to_put_a_copy(address, tmp_path):
    source = Source("a.zip", "corpus/a.zip", url=f"{address[1]}/a.zip", citation="Somebody 2009")
    with pytest.raises(SourceError, match=r"no longer there.*Somebody 2009.*corpus/a\.zip"):
        fetch_source(source, tmp_path / "a.zip", None)


def test_a_mirror_is_asked_before_the_makers(address, tmp_path):
    (tmp_path / "mirror" / "c").mkdir(parents=True)
    (tmp_path / "mirror" / "c" / "a.zip").write_bytes(b"mine")
    source = Source("a.zip", "c/a.zip", url=f"{address[1]}/a.zip")
    assert fetch_source(source, tmp_path / "a.zip", str(tmp_path / "mirror"))["from"] == "mirror"


def test_a_bomb_or_a_cut_archive_is_a_named_error(tmp_path):
    packed = tmp_path / "a.tgz"
    packed.write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(ArchiveError, match="more than 1000 bytes"):
        decompression.decompress(packed, tmp_path / "a.tar", at_most=1000)
    assert (tmp_path / "a.tar").stat().st_size <= 1000
    packed.write_bytes(gzip.compress(TAR)[:-9])
    with pytest.raises(ArchiveError, match="complete compressed archive"):
        decompression.decompress(packed, tmp_path / "a.tar")


def test_an_archive_that_unpacks_to_more_than_its_bytes_can_hold_is_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(decompression, "MIN_LIMIT", 10_000)
    packed, noise = tmp_path / "a.tgz", random.Random(0).randbytes(50_000)
    packed.write_bytes(gzip.compress(noise))
    decompression.decompress(packed, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == noise
    packed.write_bytes(gzip.compress(bytes(500_000)))  # a thousand bytes for one
    at_most = max(10_000, decompression.MAX_RATIO * packed.stat().st_size)
    with pytest.raises(ArchiveError, match=f"more than {at_most} bytes"):
        decompression.decompress(packed, tmp_path / "a.tar")


def test_an_xz_is_read_stream_by_stream_and_in_bounded_memory(tmp_path):
    noise = random.Random(0).randbytes(70_000)
    packed, plain = tmp_path / "a.txz", tmp_path / "a.tar"
    for content, expected in (
        (lzma.compress(noise), noise),
        (lzma.compress(b"a") + bytes(8) + lzma.compress(noise), b"a" + noise),  # two streams
        (lzma.compress(b""), b""),
    ):
        packed.write_bytes(content)
        decompression.decompress(packed, plain)
        assert plain.read_bytes() == expected
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    content = bytearray(lzma.compress(noise, filters=filters, check=lzma.CHECK_NONE))
    content[content.index(b"\x21\x01", 12) + 2] = 40  # a dictionary of 4 GiB
    content[20:24] = zlib.crc32(content[12:20]).to_bytes(4, "little")
    for damaged in (content, lzma.compress(noise)[:-9], lzma.compress(noise)[:30] + b"\xff" * 60):
        packed.write_bytes(damaged)
        with pytest.raises(ArchiveError, match="complete compressed archive"):
            decompression.decompress(packed, plain)
