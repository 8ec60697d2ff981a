"""A photo's features are its own: not its neighbours', not its place's, not another picture's."""

import io

import pytest
import torch
from PIL import Image

from phototags.errors import ArchiveError, ParamsError
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.embed_photos import embed_photos, embed_shard, resize_to_square
from phototags.photos.decoding import decode
from phototags.photos.photo_table import Drop

CAPS = {"max_pixels": 10**6, "max_bytes": 10**6}
SETTINGS = {"batch_size": 32, **CAPS}


def png(photo, size=(224, 224)) -> bytes:
    content = io.BytesIO()
    Image.fromarray(photo.permute(1, 2, 0).numpy()).resize(size).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def many(drawn_photos):
    """35 photos: a whole batch and a rest of three."""
    return [drawn_photos[place % 5].roll(place * 9, 2) for place in range(35)]


def test_features_do_not_depend_on_neighbours_or_on_the_rest_of_a_batch(backbone, many, make_tar):
    members = {f"{row:08d}.png": png(photo) for row, photo in enumerate(many)}
    alone = {name: members[name] for name in list(members)[33:34]}
    ids = {row: f"photo {row}" for row in range(35)}
    together = embed_shard(make_tar("all.tar", members), ids, backbone, **SETTINGS)
    single = embed_shard(make_tar("one.tar", alone), ids, backbone, **SETTINGS)
    assert together.rows.tolist() == list(range(35))
    assert single.rows.tolist() == [33]
    assert torch.equal(single.features[0], together.features[33])


def test_a_photo_has_the_same_features_in_every_place_of_a_batch(backbone, many):
    photos = torch.stack(many[:32])
    order = torch.randperm(32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(
        extract_features(backbone, photos[order]), extract_features(backbone, photos)[order]
    )


def test_a_smaller_batch_changes_only_the_last_bits(backbone, many):
    few = embed_photos(backbone, many[:3])
    full = extract_features(backbone, torch.stack(many[:32]))[:3]
    torch.testing.assert_close(few, full, rtol=1e-4, atol=1e-4)


def test_photos_are_found_by_row_and_broken_ones_are_listed(backbone, many, make_tar):
    members = {
        "00000002.png": png(many[0], (40, 90)),
        "00000003.png": png(many[1])[:300],
        "00000004.png": png(many[2], (4001, 2000)),
        "00000007.png": png(many[3]),
        "00000009.png": png(many[4]),
    }
    ids = {2: "two", 3: "three", 4: "four", 9: "nine"}
    found = embed_shard(make_tar("broken.tar", members), ids, backbone, **SETTINGS)
    assert found.rows.tolist() == [2, 9]
    assert [(drop.step, drop.photo_id) for drop in found.drops] == [
        ("embed_photos", "three"),
        ("embed_photos", "four"),
    ]
    assert isinstance(found.drops[0], Drop)
    assert found.drops[1].reason == "too_many_pixels"
    expected = embed_photos(backbone, [decode(members["00000002.png"], **CAPS), many[4]])
    torch.testing.assert_close(found.features, expected, rtol=1e-3, atol=1e-3)


def test_profiles_that_cannot_be_used_are_counted_in_the_log(backbone, make_tar, caplog):
    content = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(content, "PNG", icc_profile=b"no profile")
    tar = make_tar("0.tar", {"00000000.png": content.getvalue()})
    with caplog.at_level("INFO"):
        embed_shard(tar, {0: "a"}, backbone, batch_size=1, max_pixels=10**6, max_bytes=10**6)
    assert "broken profile of 1 photos ignored" in caplog.text


def test_a_picture_of_one_colour_is_listed_as_blank(backbone, many, make_tar):
    """One that is transparent all over is white; one odd pixel makes a picture."""
    grey, odd = (torch.full((3, 50, 40), 90, dtype=torch.uint8) for _ in range(2))
    odd[0, 7, 9] = 91
    clear = io.BytesIO()
    Image.new("RGBA", (30, 30), (200, 10, 10, 0)).save(clear, "PNG")
    contents = [png(grey, (40, 50)), clear.getvalue(), png(odd, (40, 50)), png(many[0])]
    members = {f"{row:08d}.png": content for row, content in enumerate(contents)}
    ids = {row: f"photo {row}" for row in range(4)}
    found = embed_shard(make_tar("blank.tar", members), ids, backbone, **SETTINGS)
    assert found.rows.tolist() == [2, 3]
    assert [(drop.photo_id, drop.reason) for drop in found.drops] == [
        ("photo 0", "blank"),
        ("photo 1", "blank"),
    ]
    assert "[90, 90, 90]" in found.drops[0].detail


def test_a_shard_without_photos_has_no_features(backbone, make_tar):
    found = embed_shard(make_tar("empty.tar", {}), {}, backbone, **SETTINGS)
    assert found.rows.shape == (0,)
    assert found.features.shape == (0, 1280)
    assert embed_photos(backbone, []).shape == (0, 1280)


def test_a_damaged_shard_is_an_error(backbone, tmp_path):
    (tmp_path / "damaged.tar").write_bytes(b"no tar")
    with pytest.raises(ArchiveError):
        embed_shard(tmp_path / "damaged.tar", {}, backbone, **SETTINGS)


def test_squeezing_keeps_what_is_at_the_border():
    picture = torch.zeros(3, 50, 400, dtype=torch.uint8)
    picture[0, :, -40:] = 255
    squeezed = resize_to_square(picture, 100)
    assert squeezed.shape == (3, 100, 100)
    assert (squeezed[0, :, 91:] == 255).all()
    assert (squeezed[0, :, :89] == 0).all()


def test_squeezing_mixes_all_pixels_of_a_fine_pattern():
    pattern = torch.zeros(3, 512, 512, dtype=torch.uint8)
    pattern[:, ::2, ::2] = 255
    pattern[:, 1::2, 1::2] = 255
    inner = resize_to_square(pattern, 64)[:, 2:-2, 2:-2].float()
    assert (inner - 127.5).abs().max() < 3


def test_bf16_is_refused_where_instructions_are_held_to_avx2(monkeypatch):
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    with pytest.raises(ParamsError, match=r"AVX512-BF16 or AMX.*native.*AVX2 here"):
        load_backbone("efficientnet_lite0", precision="bf16")


def test_bf16_gives_nearly_the_same_features(backbone, drawn_photos):
    try:
        half = load_backbone("efficientnet_lite0", precision="bf16")
    except ParamsError as error:
        pytest.skip(str(error))
    found, expected = (embed_photos(one, list(drawn_photos)) for one in (half, backbone))
    assert found.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(found, expected).min() > 0.99
