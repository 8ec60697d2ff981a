"""Who may ask: names of this host, pages of other sites, the token; and no path of any kind."""

import os
import random

import pytest

from phototags.serve.access import Access, is_loopback, make_access
from tests.library.colour_tagger import make_png
from tests.serve.test_rest import read_reason

TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[", "a@localhost:x"]
)
def test_a_name_that_is_not_ours_is_refused(client, host):
    answer = client.get("/search?q=red", headers={"Host": host})
    assert answer.status_code == 403 and read_reason(answer) == "wrong_host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8765", "[::1]:8765"])
def test_the_names_of_loopback_are_ours(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9"},
     {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_pages_of_other_sites_may_not_ask(client, headers):
    for answer in (
        client.post("/tag", content=make_png("red"), headers=headers),
        client.get("/search?q=red", headers=headers),
    ):
        assert answer.status_code == 403 and read_reason(answer) == "cross_site"


def test_a_link_on_another_site_may_lead_to_the_page(client):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.get("/?q=red", headers=headers).status_code == 200


def test_the_page_itself_may_ask(client):
    headers = {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/tag", content=make_png("red"), headers=headers).status_code == 200


def test_every_answer_has_the_headers_of_security(client):
    for path in ("/", "/static/page.js", "/search?q=red", "/nothing", "/photos/x"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
    refused = client.get("/health", headers={"Host": "evil.example"})
    assert refused.headers["x-frame-options"] == "DENY"


def test_with_a_token_nothing_is_told_without_it(served):
    with served.open(served.make(Access(token=TOKEN))) as client:
        photo = f"/photos/{served.id_of('rose.png')}"
        for path in ("/search?q=red", photo, f"{photo}/file", "/metrics", "/openapi.json", "/tags"):
            answer = client.get(path)
            assert answer.status_code == 401 and read_reason(answer) == "no_token", path
        assert client.post("/tag", content=make_png("red")).status_code == 401
        assert client.get("/").status_code == client.get("/health").status_code == 200
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert client.get("/search?q=red", headers=bearer).status_code == 200
        wrong = {"Authorization": f"Bearer {TOKEN}x"}
        assert client.get("/search?q=red", headers=wrong).status_code == 401


def test_a_browser_exchanges_the_token_for_a_cookie_that_does_not_hold_it(served):
    with served.open(served.make(Access(token=TOKEN))) as client:
        wrong = client.post("/session", json={"token": "x" * 20})
        assert wrong.status_code == 401 and read_reason(wrong) == "wrong_token"
        cookie = client.post("/session", json={"token": TOKEN}).headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
        assert client.get("/search?q=red").status_code == 200


def test_other_machines_use_addresses_or_named_hosts():
    access = make_access("0.0.0.0", TOKEN, ("Photos.example",))
    bearer = {"authorization": f"Bearer {TOKEN}"}
    for host in ("192.168.1.7:8765", "photos.example", "[fe80::1]"):
        access.check("GET", "/search", {"host": host, **bearer})
    with pytest.raises(Exception, match="not called"):
        access.check("GET", "/search", {"host": "evil.example", **bearer})
    with pytest.raises(Exception, match="not called"):
        make_access("127.0.0.1", None).check("GET", "/search", {"host": "192.168.1.7"})
    assert is_loopback("127.0.0.2") and not is_loopback("0.0.0.0")


TRAVERSALS = [
    "/photos/../../../etc/passwd", "/static/../../app.py", "/static/..%2f..%2fapp.py",
    "/photos/..%2f..%2f..%2fetc%2fpasswd/file", "/photos/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd", "/static/%00", "/photos//file", "//etc/passwd",
    "/static/page.js%00.html",
    "/photos/....//....//etc/passwd/file", "/static/..\\..\\app.py",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_anywhere(client, path):
    answer = client.build_request("GET", "/")
    answer.url = answer.url.copy_with(raw_path=path.encode())
    got = client.send(answer)
    assert got.status_code in (404, 422) and "root:" not in got.text and "import" not in got.text


def test_random_paths_find_nothing(client):
    draw = random.Random(0)
    for _ in range(300):
        path = "/" + "".join(draw.choice("./%2eabf\\photsic") for _ in range(draw.randrange(1, 30)))
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        assert 400 <= client.send(request).status_code < 500


def test_a_link_that_was_led_out_of_the_folder_is_not_followed(served):
    secret = served.photos.parent / "secret.png"
    secret.write_bytes((served.photos / "rose.png").read_bytes())  # even bytes that are indexed
    photo = served.id_of("rose.png")
    (served.photos / "rose.png").unlink()
    (served.photos / "rose.png").symlink_to(secret)
    with served.open() as client:
        for what in ("file", "thumbnail"):
            answer = client.get(f"/photos/{photo}/{what}")
            assert answer.status_code == 403 and read_reason(answer) == "outside_folders"


def test_a_link_within_the_folder_is_followed(served):
    (served.photos / "rose.png").rename(served.photos / "other.png")
    (served.photos / "rose.png").symlink_to(served.photos / "other.png")
    with served.open() as client:
        assert client.get(f"/photos/{served.id_of('other.png')}/file").status_code == 200


def test_a_file_that_changed_since_it_was_indexed_is_not_served(served):
    photo = served.id_of("rose.png")
    (served.photos / "rose.png").write_text("private notes")
    with served.open() as client:
        answer = client.get(f"/photos/{photo}/file")
    assert answer.status_code == 409 and read_reason(answer) == "changed"


@pytest.mark.parametrize("left", ["nothing", "folder", "pipe"])
def test_a_file_that_is_gone_is_said_to_be_gone(served, left):
    photo, path = served.id_of("rose.png"), served.photos / "rose.png"
    path.unlink()
    {"nothing": lambda _: None, "folder": os.mkdir, "pipe": os.mkfifo}[left](path)
    with served.open() as client:
        answer = client.get(f"/photos/{photo}/file")
    assert answer.status_code == 404 and read_reason(answer) == "gone"


def test_a_removed_photo_is_not_served(served):
    photo = served.id_of("rose.png")
    (served.index / "removals.txt").write_text(f"{photo}\n")
    served.update()
    with served.open() as client:
        for what in ("", "/file", "/thumbnail"):
            answer = client.get(f"/photos/{photo}{what}")
            assert answer.status_code == 404 and read_reason(answer) == "unknown_photo"
