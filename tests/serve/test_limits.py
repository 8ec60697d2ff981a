"""What is refused: by name, counted, and never as a failure of the service."""

import random
import struct
import threading
import zlib
from urllib.parse import quote

import pytest

from phototags.serve.limits import RateLimiter
from tests.library.colour_tagger import make_png
from tests.serve.test_rest import read_reason

MALFORMED = 1000


def make_bomb():
    """A PNG that claims 60,000 x 60,000 pixels."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def damage(content, draw):
    """A picture that is cut off, or has bytes changed, or is something else."""
    kind = draw.randrange(4)
    if kind == 0:
        return content[: draw.randrange(len(content))]
    if kind == 1:
        return draw.randbytes(draw.randrange(200))
    changed = bytearray(content)
    for _ in range(draw.choice((1, 8, 64))):
        changed[draw.randrange(0, len(content) if kind == 2 else 64)] = draw.randrange(256)
    return bytes(changed)


def test_malformed_uploads_are_refused_and_never_fail(client, make_jpeg):
    draw, seen = random.Random(0), set()
    whole = [make_png("red"), make_jpeg()]
    for number in range(MALFORMED):
        answer = client.post("/tag", content=damage(whole[number % 2], draw))
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
        if answer.status_code != 200:
            seen.add(read_reason(answer))
    assert {"not_an_image", "truncated"} <= seen
    assert client.post("/tag", content=whole[0]).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 415, "not_an_image"),
        (b"<html>", 415, "not_an_image"),
        (make_png("red")[:70], 422, "truncated"),
        (make_bomb(), 413, "too_many_pixels"),
    ],
)
def test_a_photo_that_cannot_be_used_is_refused_by_its_reason(client, content, status, reason):
    answer = client.post("/tag", content=content)
    assert (answer.status_code, read_reason(answer)) == (status, reason)
    assert f'refusals_total{{reason="{reason}"}} 1.0' in client.get("/metrics").text


def test_a_large_body_is_refused_whether_it_says_its_length_or_not(served):
    with served.open(served.make(photo_bytes=1000)) as client:
        said = client.post("/tag", content=bytes(1001))
        unsaid = client.post("/tag", content=iter([bytes(600), bytes(600)]))
        other = client.post("/session", content=iter([bytes(40_000)] * 2))
    assert [one.status_code for one in (said, unsaid, other)] == [413] * 3
    assert {read_reason(one) for one in (said, unsaid, other)} == {"too_many_bytes"}


def test_a_client_that_asks_too_fast_is_told_when_to_ask_again(served):
    with served.open(served.make(rate=0.001, burst=3)) as client:
        answers = [client.get("/health") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert read_reason(answers[3]) == "too_fast"
    assert 900 < int(answers[3].headers["retry-after"]) <= 1000


def test_clients_have_buckets_of_their_own_and_old_ones_are_forgotten(monkeypatch):
    monkeypatch.setattr("phototags.serve.limits.MAX_CLIENTS", 2)
    limiter = RateLimiter(1, 1, lambda: 0.0)
    assert [limiter.take(client) for client in "aabca"] == [0, 1, 0, 0, 0]


def test_a_full_queue_refuses_before_a_body_takes_memory(served):
    service = served.make(tag_queue=1)
    with served.open(service) as client, service.worker.reserve():
        answer = client.post("/tag", content=make_png("red"))
    assert answer.status_code == 429 and read_reason(answer) == "queue_full"


def test_more_requests_than_are_carried_out_at_once_are_refused(served):
    with served.open(served.make(requests=0)) as client:
        answer = client.get("/health")
    assert answer.status_code == 429 and read_reason(answer) == "too_many_requests"


def test_photos_that_wait_are_tagged_together(served, monkeypatch):
    sizes, go = [], threading.Event()
    from phototags.export import tag_photos

    tag_pictures = tag_photos.tag_pictures

    def count(exported, pictures, top):
        sizes.append(len(pictures))
        go.wait(10)
        return tag_pictures(exported, pictures, top)

    monkeypatch.setattr(tag_photos, "tag_pictures", count)
    service = served.make(tag_batch=4)
    service.worker.start()
    first = service.worker.submit(make_png("red"))
    while not sizes:
        threading.Event().wait(0.01)
    others = [service.worker.submit(make_png(colour)) for colour in ("blue", "red") * 3]
    bad = service.worker.submit(b"no photo")
    go.set()
    assert [one.result(10)[0][0] for one in [first, *others]] == ["red", *["blue", "red"] * 3]
    with pytest.raises(Exception, match="found"):
        bad.result(10)
    service.worker.stop()
    assert sizes == [1, 4, 2]


@pytest.mark.parametrize(
    "path",
    ["/search", "/search?q=a&top=0", "/search?q=a&top=9999", "/search?q=a&above=2",
     "/search?q=a&above=nan", "/near", "/similar?id=x", "/photos/x", "/photos/x/thumbnail",
     f"/photos/{'a' * 64}/thumbnail?side=99999", f"/search?q={'a' * 501}"],
)  # fmt: skip
def test_a_request_with_wrong_values_is_invalid(client, path):
    answer = client.get(path)
    assert answer.status_code == 422 and read_reason(answer) == "invalid"


@pytest.mark.parametrize(
    "words", ["\0", "%", "'; drop table files; --", "-", "not", ",,", "\ud800"]
)
def test_no_words_make_a_search_fail(client, words):
    answer = client.get(f"/search?q={quote(words, errors='surrogatepass')}")
    assert answer.status_code == 200 and answer.json()["photos"] == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"tag": 1}', b'{"tag": "red", "accepted": 1, "x": 2}',
             b'{"tag": "\\ud800", "accepted": true}', b"\xff\xfe"],
)  # fmt: skip
def test_a_malformed_verdict_is_refused(client, served, body):
    place = f"/photos/{served.id_of('rose.png')}/feedback"
    answer = client.post(place, content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500 and not (served.index / "feedback.jsonl").exists()
