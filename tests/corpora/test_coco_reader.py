import pytest

from phototags.corpora.coco import Coco
from phototags.errors import ArchiveError, CorpusError

READER, CAPTIONED = Coco(year=2017), Coco(year=2017, captions=True)


def instances(photo: int, marks: list[int]) -> dict:
    image = {
        "id": photo,
        "file_name": f"{photo:012d}.jpg",
        "license": 4,
        "flickr_url": "http://f/1",
    }
    return {
        "info": {"year": 2017},
        "licenses": [{"id": 4, "name": "Attribution License", "url": "http://by/2.0"}],
        "images": [image | {"date_captured": "2013-11-14 11:18:45"}, image | {"id": photo + 1}],
        "annotations": [
            {"image_id": photo, "category_id": mark, "bbox": [1.5, 2]} for mark in marks
        ],
        "categories": [{"id": 1, "name": "person"}, {"id": 18, "name": "dog"}],
    }


@pytest.fixture
def source(tmp_path, layouts):
    captions = {"annotations": [{"image_id": 9, "caption": "A bear \n in a car."}]}
    files = {
        "annotations/instances_train2017.json": instances(9, [18, 1, 18]),
        "annotations/captions_train2017.json": captions,
        "annotations/instances_val2017.json": instances(20, [1]),
        "annotations/captions_val2017.json": {"annotations": []},
    }
    layouts.write_zip(tmp_path / "annotations_trainval2017.zip", files)
    picture = {f"train2017/{9:012d}.jpg": layouts.jpeg("red")}
    layouts.write_zip(tmp_path / "train2017.zip", picture)
    layouts.write_zip(tmp_path / "val2017.zip", {f"val2017/{20:012d}.jpg": layouts.jpeg("tan")})
    return tmp_path


def test_categories_are_tags_and_validation_is_the_test_part(source):
    listing, _ = READER.list_photos(source)
    assert listing.photo_id.tolist() == ["9", "10", "20", "21"]
    assert listing.tags.tolist() == [["dog", "person"], [], ["person"], []]
    assert listing.split.tolist() == ["train", "train", "test", "test"]
    assert listing.description[0] == "A bear in a car."
    assert set(listing.licence) == {"Attribution License"}


def test_nouns_of_the_captions_may_be_the_tags(source, wordnet_folder):
    listing, _ = CAPTIONED.list_photos(source, wordnet_folder)
    assert listing.tags[0] == ["bear", "car"]
    with pytest.raises(CorpusError, match="WordNet"):
        CAPTIONED.list_photos(source, None)


def test_pictures_come_from_the_archive_of_their_part(source, layouts):
    listing, _ = READER.list_photos(source)
    found = {
        photo.photo_id: photo.content for photo in READER.read_pictures(source, listing, 10**6)
    }
    assert found["9"] == layouts.jpeg("red") and found["20"] == layouts.jpeg("tan")


def test_an_unknown_category_or_a_missing_file_is_an_error(source, layouts):
    broken = {"annotations/instances_train2017.json": instances(9, [77])}
    layouts.write_zip(source / "annotations_trainval2017.zip", broken)
    with pytest.raises(CorpusError, match="unknown category 77"):
        READER.list_photos(source)
    layouts.write_zip(source / "annotations_trainval2017.zip", {"other": "x"})
    with pytest.raises(ArchiveError, match=r"instances_train2017\.json"):
        READER.list_photos(source)
