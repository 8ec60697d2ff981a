import bz2
import gzip
import lzma
import shutil
import subprocess

import pytest

from phototags.download import debian, decompression
from phototags.photos.archives import TarArchive, ZipArchive
from phototags.photos.shards import read_members

FILES = {"a/1.jpg": b"one" * 50, "a/2.jpg": b"two" * 300, "b/far.jpg": "../a/1.jpg", "c": "/etc"}
AT_MOST = 2_000


def read_tar(path):
    with TarArchive(path) as archive:
        for name in archive.list_names("", ""):
            assert len(archive.read(name, AT_MOST) or b"") <= AT_MOST + 1


def read_zip(path):
    with ZipArchive(path) as archive:
        for name in archive.list_names("", ""):
            assert len(archive.read(name, AT_MOST)) <= AT_MOST + 1
            with archive.stream(name, AT_MOST) as file:
                assert len(file.read()) <= AT_MOST


def test_a_damaged_tar_leads_nowhere_else(survives, packing):
    survives(packing.tar_of(FILES), lambda at: read_tar(at / "a.tar"), packing.as_file("a.tar"))


def test_a_damaged_shard_is_a_named_error(survives, packing):
    shard = packing.tar_of({"00000.jpg": b"one", "00001.jpg": b"two" * 300})
    survives(shard, lambda at: list(read_members(at / "0.tar")), packing.as_file("0.tar"))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_damaged_compressed_tar_is_a_named_error(survives, packing, pack):
    def read(folder):
        try:
            if decompression.find_opener(folder / "a.tgz"):
                decompression.decompress(folder / "a.tgz", folder / "a.tar", at_most=100_000)
                read_tar(folder / "a.tar")
        finally:
            (folder / "a.tar").unlink(missing_ok=True)

    survives(pack(packing.tar_of(FILES)), read, packing.as_file("a.tgz"))


def test_a_damaged_zip_is_a_named_error(survives, packing, tmp_path):
    packing.in_zip("sound.zip", "a/1.jpg", {"b.txt": b"two" * 300})(b"one" * 50, tmp_path)
    content = (tmp_path / "sound.zip").read_bytes()
    survives(content, lambda at: read_zip(at / "a.zip"), packing.as_file("a.zip"))


def test_names_in_a_zip_lead_nowhere_else(survives, packing, tmp_path):
    """The name of the only file is what is damaged, in both places where it stands."""

    def write(content, folder):
        name = content.decode("utf-8", errors="replace").strip("\0") or "empty"
        packing.in_zip("a.zip", name)(b"one", folder)

    survives(b"a/b/../../c.jpg", lambda at: read_zip(at / "a.zip"), write)


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_a_damaged_package_is_a_named_error(survives, packing, tmp_path):
    about = tmp_path / "package" / "DEBIAN" / "control"
    about.parent.mkdir(parents=True)
    about.write_text("Package: a\nVersion: 1.0\nArchitecture: all\nMaintainer: b\nDescription: c\n")
    (tmp_path / "package" / "1.jpg").write_bytes(b"one")
    command = ["dpkg-deb", "--build", "-Znone", tmp_path / "package", tmp_path / "a.deb"]
    subprocess.run(command, check=True, capture_output=True)

    def read(folder):
        try:
            debian.read_version(folder / "b.deb")
            debian.unpack_package(folder / "b.deb", folder / "b.tar")
            read_tar(folder / "b.tar")
        finally:
            (folder / "b.tar").unlink(missing_ok=True)

    survives((tmp_path / "a.deb").read_bytes(), read, packing.as_file("b.deb"))
