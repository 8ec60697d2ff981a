"""What the routes answer."""

import io

import numpy as np
import pytest
from PIL import Image

from phototags.serve.feedback import FILE
from phototags.serve.routes import router
from tests.library.colour_tagger import STEEPNESS, make_png


def sigmoid(share):
    return 1 / (1 + np.exp(-STEEPNESS * (share - 0.5)))


def read_reason(response):
    return response.json()["error"]["reason"]


def test_a_photo_gets_its_tags_with_probabilities(client):
    answer = client.post("/tag?top=2", content=make_png((255, 0, 153)))
    assert answer.status_code == 200
    tags = [(one["tag"], one["probability"]) for one in answer.json()["tags"]]
    assert tags == [
        ("red", pytest.approx(sigmoid(1), abs=1e-4)),
        ("blue", pytest.approx(sigmoid(153 / 255), abs=1e-4)),
    ]


def test_tags_below_the_cut_are_not_given(client):
    answer = client.post("/tag?above=0.9", content=make_png("red"))
    assert [one["tag"] for one in answer.json()["tags"]] == ["red"]


def test_a_search_finds_the_photos_that_match_best_first(client, served):
    found = client.get("/search", params={"q": "blue", "above": 0.2}).json()
    assert [photo["name"] for photo in found["photos"]] == ["sky.png", "plum.png"]
    assert found["photos"][0]["id"] == served.id_of("sky.png")
    assert found["wanted"] == ["blue"] and found["searched"] == 3
    assert found["photos"][1]["score"] == pytest.approx(sigmoid(153 / 255), abs=1e-3)


@pytest.mark.parametrize("query", [{"q": "red -blue"}, {"q": "red", "without": "green, blue"}])
def test_unwanted_words_leave_photos_out(client, query):
    found = client.get("/search", params=query).json()
    assert [photo["name"] for photo in found["photos"]] == ["rose.png"]


def test_a_search_has_as_many_photos_as_are_asked_for_and_as_are_likely(client):
    assert len(client.get("/search?q=red&top=1").json()["photos"]) == 1
    assert client.get("/search?q=red&above=1").json()["photos"] == []


def test_words_that_mean_nothing_find_nothing_and_are_named(client):
    found = client.get("/search?q=zebra").json()
    assert found["photos"] == [] and "zebra" in found["notes"][0]


def test_similar_photos_come_by_likeness_without_the_photo_itself(client, served):
    answer = client.get("/similar", params={"id": served.id_of("rose.png")}).json()
    assert [photo["name"] for photo in answer["photos"]] == ["plum.png", "sky.png"]
    cosine = 1 / np.hypot(1, 153 / 255)
    assert answer["photos"][0]["score"] == pytest.approx(cosine, abs=1e-3)


def test_near_tags_are_probable_for_the_same_photos(client):
    near = client.get("/near?tag=red").json()["near"]
    photos = np.array(
        [[sigmoid(1), sigmoid(0), sigmoid(1)], [sigmoid(0), sigmoid(1), sigmoid(0.6)]]
    )
    cosine = photos[0] @ photos[1] / np.linalg.norm(photos[0]) / np.linalg.norm(photos[1])
    named = {one["tag"]: one["cosine"] for one in near}
    assert set(named) == {"green", "blue"} and named["blue"] == pytest.approx(cosine, abs=2e-3)


def test_tags_are_counted_over_photos_each_with_another_cover(client, served):
    answer = client.get("/tags").json()
    counts = {one["tag"]: one["photos"] for one in answer["tags"]}
    assert counts == {"red": 2, "blue": 2} and answer["searched"] == 3
    assert len({one["cover"] for one in answer["tags"]}) == 2


def test_a_photo_has_its_tags_folder_and_copies(served):
    (served.photos / "more").mkdir()
    (served.photos / "more" / "again.png").write_bytes(make_png("red"))
    served.update()
    with served.open() as client:
        photo = client.get(f"/photos/{served.id_of('rose.png')}").json()
    assert photo["name"] == "again.png" and photo["folder"] == "photos/more"
    assert photo["copies"] == ["photos/rose.png"]
    assert str(served.photos.parent) not in str(photo), "where folders lie is nobody's business"
    red = {"tag": "red", "probability": pytest.approx(sigmoid(1), abs=1e-4), "accepted": None}
    assert photo["tags"] == [red]


def test_a_thumbnail_is_a_small_jpeg_and_the_file_is_the_file(served, make_jpeg):
    (served.photos / "big.jpg").write_bytes(make_jpeg(1000, 500))
    served.update()
    with served.open() as client:
        place = f"/photos/{served.id_of('big.jpg')}"
        small = client.get(f"{place}/thumbnail")
        assert Image.open(io.BytesIO(small.content)).size == (480, 240)
        large = client.get(f"{place}/thumbnail?side=1600")
        assert Image.open(io.BytesIO(large.content)).size == (1000, 500)
        whole = client.get(f"{place}/file")
    assert small.headers["content-type"] == whole.headers["content-type"] == "image/jpeg"
    assert whole.content == (served.photos / "big.jpg").read_bytes()
    assert "sandbox" in whole.headers["content-security-policy"]


def test_who_made_a_photo_is_shown_as_far_as_it_says(served):
    image, exif = Image.new("RGB", (40, 30), "#00ff00"), Image.Exif()
    exif[0x013B], exif[0x8298] = "Ann <b>", "CC BY 4.0"
    image.save(served.photos / "grass.jpg", exif=exif)
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#">'
        b"<dc:creator><rdf:Seq><rdf:li>Bea</rdf:li></rdf:Seq></dc:creator>"
        b'<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>'
        b"<dc:source>javascript:alert(1)</dc:source>"
        b"</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    image.save(served.photos / "lawn.jpg", xmp=xmp)
    served.update()
    with served.open() as client:
        credits = [
            client.get(f"/photos/{served.id_of(name)}").json()["credit"]
            for name in ("grass.jpg", "lawn.jpg", "rose.png")
        ]
    assert credits[0]["author"] == "Ann <b>" and credits[0]["rights"] == "CC BY 4.0"
    assert credits[1]["author"] == "Bea"
    assert credits[1]["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert credits[1]["page_url"] == "" and set(credits[2].values()) == {""}


def test_what_is_accepted_or_refused_stays(served):
    photo = served.id_of("rose.png")
    with served.open() as client:
        for tag, accepted in (("red", True), ("blue", True), ("green", False), ("blue", None)):
            verdict = {"tag": tag, "accepted": accepted}
            assert client.post(f"/photos/{photo}/feedback", json=verdict).status_code == 204
    assert len((served.index / FILE).read_text().splitlines()) == 4
    with served.open() as client:
        tags = client.get(f"/photos/{photo}").json()["tags"]
        assert {one["tag"]: one["accepted"] for one in tags} == {"red": True, "green": False}
        verdict = {"tag": "zebra", "accepted": True}
        refused = client.post(f"/photos/{photo}/feedback", json=verdict)
        assert refused.status_code == 422 and read_reason(refused) == "unknown_tag"


def test_an_index_that_is_updated_is_searched_without_a_new_start(client, served):
    (served.photos / "grass.png").write_bytes(make_png("#00ff00"))
    served.update()
    found = client.get("/search?q=green").json()
    assert [photo["name"] for photo in found["photos"]] == ["grass.png"] and found["searched"] == 4


def test_without_an_index_photos_are_tagged_and_none_is_found(served):
    with served.open(served.make(index=False)) as client:
        assert client.post("/tag", content=make_png("red")).status_code == 200
        found = client.get("/search?q=red")
        assert found.status_code == 404 and read_reason(found) == "no_index"


def test_a_tagger_that_cannot_be_loaded_fails_alone(served):
    (served.model / "model.safetensors").write_bytes(b"damaged")
    with served.open() as client:
        assert client.post("/tag", content=make_png("red")).status_code == 503
        assert client.get("/health").json()["tagger"] == "failed"
        assert client.get("/search?q=red").status_code == 200


def test_openapi_is_3_1_and_has_every_route(client):
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    routes = {(route.path, method.lower()) for route in router.routes for method in route.methods}
    named = {(path, method) for path, of in described["paths"].items() for method in of}
    assert named >= routes
    assert {path for path, _ in named} >= {
        "/tag", "/search", "/similar", "/near", "/photos/{id}", "/photos/{id}/thumbnail",
        "/photos/{id}/file", "/health", "/metrics",
    }  # fmt: skip
    for path, of in described["paths"].items():
        for one in of.values():
            assert path == "/" or path.startswith("/static") or "4XX" in one["responses"], path


def test_metrics_count_requests_refusals_and_batches(client):
    client.get("/search?q=red")
    client.get("/search?q=red&top=0")
    client.post("/tag", content=make_png("red"))
    text = client.get("/metrics").text
    assert 'phototags_requests_total{method="GET",route="/search",status="200"} 1.0' in text
    assert 'phototags_refusals_total{reason="invalid"} 1.0' in text
    assert "phototags_tag_batch_photos_sum 1.0" in text
