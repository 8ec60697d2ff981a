"""Debian packages: what apt promises must come, and a damaged package is refused."""

import os
import shutil
import subprocess
import tarfile

import pytest

from phototags.download import debian
from phototags.errors import ArchiveError, SourceError
from phototags.io.storage import hash_file

needs_dpkg = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs Debian's dpkg-deb")
FAKE_APT = """#!/bin/sh
# an apt that knows one package, once its lists have been updated (or are there already)
lists={folder}/updated
for word in "$@"; do case "$word" in Dir::State::Lists=*) private=1;; esac; done
echo "$(basename $0) $*" >> {folder}/calls
case "$(basename $0) $1" in
"apt-get update") [ -n "$private" ] && touch $lists;;
"apt-cache show")
  [ -e $lists ] || {{ echo "E: No packages found" >&2; exit 100; }}
  echo "Package: tiny"; echo "Version: 1:2.0-3"; echo "SHA256: {sha256}";;
"apt-get download") [ -e $lists ] && cp {deb} tiny_2.0-3_all.deb;;
esac
"""


@pytest.fixture
def deb(tmp_path):
    """A package with one file and one link."""
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    control = "Package: tiny\nVersion: 1:2.0-3\nArchitecture: all\nMaintainer: a\nDescription: b\n"
    (tree / "DEBIAN" / "control").write_text(control)
    (tree / "usr").mkdir()
    (tree / "usr" / "a.txt").write_text("hello")
    (tree / "usr" / "b.txt").symlink_to("a.txt")
    command = ["dpkg-deb", "--root-owner-group", "--build", tree, tmp_path / "tiny.deb"]
    subprocess.run(command, check=True, capture_output=True)
    return tmp_path / "tiny.deb"


@pytest.fixture
def fake_apt(deb, tmp_path, monkeypatch):
    """Put the fake apt first in PATH; returns a function that says what it promises."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")

    def promise(sha256: str):
        for name in ("apt-get", "apt-cache"):
            text = FAKE_APT.format(folder=tmp_path, sha256=sha256, deb=deb)
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        return tmp_path / "calls"

    return promise


@needs_dpkg
def test_what_apt_promises_is_fetched_and_nothing_else_stays(fake_apt, deb, tmp_path):
    fake_apt(hash_file(deb))
    (tmp_path / "updated").touch()
    (tmp_path / "to").mkdir()
    promised = debian.download_package("tiny", tmp_path / "to" / "tiny.deb")
    assert promised == ("1:2.0-3", hash_file(deb))
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["tiny.deb"]


@needs_dpkg
def test_empty_lists_are_fetched_into_a_folder_of_ones_own(fake_apt, deb, tmp_path):
    calls = fake_apt(hash_file(deb))
    debian.download_package("tiny", tmp_path / "fetched.deb")
    update, *rest = [line for line in calls.read_text().splitlines() if "Dir::State::Lists" in line]
    assert update.startswith("apt-get update")
    assert len(rest) == 2  # show and download look into the same folder
    assert not list(tmp_path.glob(".apt-*"))


@needs_dpkg
def test_root_stays_root_and_others_are_not_told_about_it(fake_apt, deb, tmp_path, monkeypatch):
    calls = fake_apt(hash_file(deb))
    (tmp_path / "updated").touch()
    for number, told in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda number=number: number)
        calls.write_text("")
        debian.download_package("tiny", tmp_path / "fetched.deb")
        assert ("APT::Sandbox::User=root" in calls.read_text()) == told


@needs_dpkg
def test_another_file_than_promised_is_refused(fake_apt, tmp_path):
    fake_apt("0" * 64)
    with pytest.raises(SourceError, match="0{64}.*apt-get update"):
        debian.download_package("tiny", tmp_path / "fetched.deb")
    assert not (tmp_path / "fetched.deb").exists()


@needs_dpkg
def test_apts_own_words_are_passed_on(tmp_path, monkeypatch):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("apt-get", "apt-cache"):
        (programs / name).write_text("#!/bin/sh\necho 'E: no network' >&2; exit 100\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SourceError, match="E: no network.*mirror"):
        debian.download_package("tiny", tmp_path / "fetched.deb")


def test_without_apt_it_names_other_ways(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="tiny.*corel5k.*corpora.tables"):
        debian.download_package("tiny", tmp_path / "fetched.deb")


@needs_dpkg
def test_a_package_is_unpacked_to_a_tar_of_its_files(deb, tmp_path):
    debian.unpack_package(deb, tmp_path / "tiny.tar")
    with tarfile.open(tmp_path / "tiny.tar") as tar:
        assert tar.extractfile("./usr/a.txt").read() == b"hello"
        assert tar.getmember("./usr/b.txt").linkname == "a.txt"
    assert debian.read_version(deb) == "1:2.0-3"


@needs_dpkg
@pytest.mark.parametrize("damage", ["half", "text", "empty"])
def test_a_damaged_package_is_refused(deb, tmp_path, damage):
    content = deb.read_bytes()
    contents = {"half": content[: len(content) - 60], "text": b"<html>", "empty": b""}
    deb.write_bytes(contents[damage])
    with pytest.raises(ArchiveError, match="complete Debian package"):
        debian.unpack_package(deb, tmp_path / "tiny.tar")


@needs_dpkg
def test_a_package_that_unpacks_without_end_is_stopped(deb, tmp_path, monkeypatch):
    monkeypatch.setattr(debian, "MAX_UNPACKED", 1000)
    with pytest.raises(ArchiveError, match="more than 1000 bytes"):
        debian.unpack_package(deb, tmp_path / "tiny.tar")
    assert not (tmp_path / "tiny.tar").exists() or (tmp_path / "tiny.tar").stat().st_size <= 1000
