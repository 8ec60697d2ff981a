"""Whatever is asked or sent, the service answers below 500: 1,000 broken photos, any parameters."""

import json
import random
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

UPLOADS, EXAMPLES = 1000, 60
ONCE = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x10\0\0\0WEBPVP8 ", b"II*\0",
         b"MM\0*", b"\0\0\0\x18ftypavif", b"\0\0\0\x18ftypheic", b"8BPS", b"%PDF", b"<svg",
         b"")  # fmt: skip
TEXT = st.text(max_size=120) | st.text("-, ./%\0\n'\"[]{}*", max_size=40)
VALUE = TEXT | st.integers().map(str) | st.floats().map(str) | st.just("0" * 64)


def break_photo(content: bytes, chance: random.Random) -> bytes:
    """A photo with bytes changed, left out, put in, or cut off; or only its magic and noise."""
    how = chance.randrange(5)
    if how == 0:
        return chance.choice(MAGIC) + chance.randbytes(chance.randrange(400))
    at, broken = chance.randrange(len(content)), bytearray(content)
    if how == 1:
        return content[:at]
    if how == 2:
        broken[at : at + chance.randrange(64)] = chance.randbytes(chance.randrange(64))
    for _ in range(chance.randrange(1, 30)):
        broken[chance.randrange(min(len(broken), 600 if how == 3 else len(broken)))] ^= 1 << (
            chance.randrange(8)
        )
    return bytes(broken)


def test_a_thousand_broken_photos_are_refused_or_tagged(client, served, make_jpeg):
    chance = random.Random(0)
    whole = [make_jpeg(), *(path.read_bytes() for path in sorted(served.photos.iterdir()))]
    seen = set()
    for number in range(UPLOADS):
        answer = client.post("/tag", content=break_photo(whole[number % len(whole)], chance))
        seen.add(answer.status_code)
        assert answer.status_code < 500, answer.text
        assert ("tags" if answer.status_code == 200 else "error") in answer.json()
    assert {200, 415, 422} <= seen


def list_operations(client):
    """Method, path and parameters of every route, as the service describes itself."""
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, of in methods.items():
            yield method, path, [(one["name"], one["in"]) for one in of.get("parameters", ())]


def test_any_parameters_get_an_answer_below_500(client):
    operations = list(list_operations(client))
    assert len(operations) >= 12

    @settings(ONCE, max_examples=5 * EXAMPLES)
    @given(st.data())
    def ask(data):
        method, path, parameters = data.draw(st.sampled_from(operations))
        query = {}
        for name, place in parameters:
            value = data.draw(VALUE)
            if place == "path":
                path = path.replace(f"{{{name}}}", quote(value, safe="") or "-")
            elif data.draw(st.booleans()):
                query[name] = value
        body = data.draw(st.none() | st.binary(max_size=200))
        answer = client.request(method, path, params=query, content=body)
        assert answer.status_code < 500, (method, path, query, answer.text)

    ask()


@pytest.mark.parametrize("path", ["/photos/{id}/feedback", "/session"])
def test_any_json_gets_an_answer_below_500(client, served, path):
    known = st.sampled_from(["tag", "accepted", "token", "red"])
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | TEXT | known
    tree = st.recursive(leaves, lambda of: st.lists(of) | st.dictionaries(known | TEXT, of))
    address = path.format(id=served.id_of("rose.png"))

    @ONCE
    @given(tree)
    def send(content):
        body = json.dumps(content).encode("utf-8", "surrogatepass")
        answer = client.post(address, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (body, answer.text)

    send()
