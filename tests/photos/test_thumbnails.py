"""Which photos are shown is nobody's choice, and how they are shown is safe and repeatable."""

import hashlib
import io
import tarfile

import pytest
from PIL import Image

from phototags.errors import ArchiveError
from phototags.photos.gallery import encode_jpeg, make_thumbnail
from phototags.photos.hash_sampling import choose_by_hash
from phototags.photos.shards import read_files


def png(size, colour="red", box=None):
    picture = Image.new("RGB", size, "white" if box else colour)
    if box:
        picture.paste(colour, box)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def shard(tmp_path):
    path = tmp_path / "00000.tar"
    with tarfile.open(path, "w") as tar:
        for row in range(3):
            content = png((4, 4 + row))
            member = tarfile.TarInfo(f"{row:08d}.png")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_the_photos_with_the_smallest_hashes_are_chosen():
    ids = [f"photo{number}" for number in range(50)]
    by_hash = sorted(ids, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    assert [ids[place] for place in choose_by_hash(ids, 7)] == by_hash[:7]


def test_one_photo_more_changes_one_choice_at_most():
    ids = [f"photo{number}" for number in range(50)]
    before = {ids[place] for place in choose_by_hash(ids, 10)}
    for new in ("a", "b", "c", "d"):
        after = {[*ids, new][place] for place in choose_by_hash([*ids, new], 10)}
        assert len(before - after) <= 1


def test_fewer_photos_than_asked_for_are_all_shown():
    assert sorted(choose_by_hash(["a", "b"], 9)) == [0, 1]


def test_named_photos_are_read_from_their_shard(shard):
    contents = read_files([shard], ["00000.tar/00000002.png", "00000.tar/00000000.png"])
    assert {name: Image.open(io.BytesIO(found)).size for name, found in contents.items()} == {
        "00000.tar/00000002.png": (4, 6),
        "00000.tar/00000000.png": (4, 4),
    }


@pytest.mark.parametrize("file", ["00000.tar/00000009.png", "00001.tar/00000000.png"])
def test_a_missing_photo_is_named(shard, file):
    with pytest.raises(ArchiveError, match=file.replace(".", r"\.")):
        read_files([shard], [file])


def test_white_margins_are_trimmed_and_the_rest_fits():
    assert make_thumbnail(png((1000, 800), box=(100, 200, 900, 400)), 200).size == (200, 50)


def test_an_all_white_picture_is_shown_whole():
    assert make_thumbnail(png((400, 200), "white"), 100).size == (100, 50)


def test_a_small_thing_is_shown_twice_as_large():
    assert make_thumbnail(png((90, 90), box=(10, 10, 40, 30)), 200).size == (60, 40)


def test_the_same_picture_gives_the_same_jpeg():
    content = png((300, 200), box=(10, 10, 250, 150))
    first, second = (encode_jpeg(make_thumbnail(content, 120)) for _ in range(2))
    assert first == second and Image.open(io.BytesIO(first)).format == "JPEG"
