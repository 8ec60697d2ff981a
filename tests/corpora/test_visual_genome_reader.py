import csv
import json

import pytest

from phototags.corpora.visual_genome import TEST, VisualGenome
from phototags.errors import ArchiveError, CorpusError

READER = VisualGenome()
AT = "https://cs.stanford.edu/people/rak248"


def thing(names, synsets=(), attributes=()):
    return {"names": names, "synsets": list(synsets), "attributes": list(attributes), "x": 1.5}


@pytest.fixture
def source(tmp_path, layouts):
    """Two photos, one in each archive; the second has no attributes and no regions."""
    objects = [thing(["Clock "], ["clock.n.01"]), thing(["tree", "trees"], ["tree.n.01"])]
    lamp = thing(["street light"], ["street_lamp.n.01"])
    files = {
        "image_data": [
            {"image_id": 1, "url": f"{AT}/VG_100K_2/1.jpg", "width": 800, "height": 600},
            {"image_id": 2, "url": f"{AT}/VG_100K/2.jpg", "width": 800, "height": 600},
        ],
        "objects": [{"image_id": 1, "objects": objects}, {"image_id": 2, "objects": [lamp]}],
        "attributes": [{"image_id": 1, "attributes": [thing(["clock"], [], ["green", "tall"])]}],
        "region_descriptions": [
            {
                "id": 1,
                "regions": [{"phrase": "a clock"}, {"phrase": "a tree"}, {"phrase": "a clock"}],
            }
        ],
    }
    for name, content in files.items():
        layouts.write_zip(tmp_path / f"{name}.json.zip", {f"{name}.json": content})
    (tmp_path / "object_alias.txt").write_text("tree,trees,oak\nlamp,street light\n")
    (tmp_path / "objects_vocab_150.txt").write_text("lamp\ntree\n")
    layouts.write_zip(tmp_path / "images.zip", {"VG_100K/2.jpg": layouts.jpeg("blue")})
    layouts.write_zip(tmp_path / "images2.zip", {"VG_100K_2/1.jpg": layouts.jpeg("red")})
    return tmp_path


def test_an_objects_names_are_the_tags_and_regions_the_description(source):
    listing, drops = READER.list_photos(source)
    assert listing.photo_id.tolist() == ["1", "2"] and not drops
    assert listing.tags.tolist() == [["clock", "tree", "trees"], ["street light"]]
    assert listing.description.tolist()[0] == "a clock; a tree"
    assert listing.photo_url[1] == f"{AT}/VG_100K/2.jpg"
    assert set(listing.licence) == {"CC BY 4.0"}


@pytest.mark.parametrize(
    "choice, tags",
    [
        ({"kind": "synsets"}, [["clock", "tree"], ["street lamp"]]),
        ({"kind": "attributes"}, [["green", "tall"], []]),
        ({"vocabulary": "objects_vocab_150.txt"}, [["tree"], ["lamp"]]),
    ],
)
def test_tags_may_be_synsets_attributes_or_words_of_a_vocabulary(source, choice, tags):
    assert VisualGenome(**choice).list_photos(source)[0].tags.tolist() == tags


def test_pictures_come_from_whichever_archive_has_them(source, layouts):
    found = list(READER.read_pictures(source, READER.list_photos(source)[0], 10**6))
    assert [photo.content for photo in found] == [layouts.jpeg("red"), layouts.jpeg("blue")]


def test_a_fifth_of_the_photos_is_tested_and_always_the_same(source, layouts):
    images = [{"image_id": number, "url": f"{AT}/VG_100K/{number}.jpg"} for number in range(2000)]
    layouts.write_zip(source / "image_data.json.zip", {"image_data.json": images})
    split = READER.list_photos(source)[0].split
    assert abs((split == "test").mean() - TEST) < 0.03
    layouts.write_zip(source / "image_data.json.zip", {"image_data.json": images[:500]})
    assert READER.list_photos(source)[0].split.tolist() == split[:500].tolist()


def test_a_photo_listed_twice_is_dropped_once(source, layouts):
    images = [{"image_id": 1, "url": f"{AT}/VG_100K_2/1.jpg"}] * 2
    layouts.write_zip(source / "image_data.json.zip", {"image_data.json": images})
    listing, drops = READER.list_photos(source)
    assert len(listing) == 1 and [drop.reason for drop in drops] == ["duplicate_id"]


@pytest.mark.parametrize(
    "content, error",
    [
        ('[{"image_id": 1, "url": ', CorpusError),
        ("[1, 2]", CorpusError),
        ('[{"url": "x"}]', CorpusError),
        ('[{"image_id": 1, "url": 3}]', CorpusError),
        (b"\xff\xfe[", CorpusError),
        ("[" * 100_000, CorpusError),
    ],
)
def test_json_of_another_kind_is_an_error_that_names_the_file(source, layouts, content, error):
    layouts.write_zip(source / "image_data.json.zip", {"image_data.json": content})
    with pytest.raises(error, match=r"image_data\.json"):
        READER.list_photos(source)


def test_a_zip_without_its_json_or_none_at_all_is_an_archive_error(source, layouts):
    layouts.write_zip(source / "objects.json.zip", {"readme.txt": "nothing"})
    with pytest.raises(ArchiveError, match=r"objects\.json"):
        READER.list_photos(source)
    (source / "objects.json.zip").write_bytes(b"PK\3\4 no zip")
    with pytest.raises(ArchiveError, match="should be a zip"):
        READER.list_photos(source)


def test_the_real_objects_of_twenty_photos_come_back(real_mirror, source, layouts):
    folder = real_mirror / "visual_genome_annotations"
    with open(folder / "objects_first20_images.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    named: dict[int, list[str]] = {}
    urls = {int(row["image_id"]): row["image_url"] for row in rows}
    for row in rows:
        named.setdefault(int(row["image_id"]), []).append(row["object_name"])
    images = [{"image_id": number, "url": url} for number, url in urls.items()]
    objects = [
        {"image_id": n, "objects": [thing([w]) for w in words]} for n, words in named.items()
    ]
    layouts.write_zip(source / "image_data.json.zip", {"image_data.json": json.dumps(images)})
    layouts.write_zip(source / "objects.json.zip", {"objects.json": json.dumps(objects)})
    listing, _ = READER.list_photos(source)
    assert len(listing) == 20
    for photo in listing.itertuples():
        written = [word.strip().lower() for word in named[int(photo.photo_id)]]
        assert photo.tags == list(dict.fromkeys(filter(None, written)))
    words = (folder / "objects_vocab_150-50-50.txt").read_text()
    (source / "objects_vocab_150.txt").write_text(words)
    (source / "object_alias.txt").write_text("")
    fewer, _ = VisualGenome(vocabulary="objects_vocab_150.txt").list_photos(source)
    assert len(set(words.split("\n")) - {""}) == 150
    for all_tags, tags in zip(listing.tags, fewer.tags, strict=True):
        assert tags == [tag for tag in all_tags if tag in words.split("\n")]
