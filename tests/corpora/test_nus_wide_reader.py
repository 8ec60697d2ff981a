import pytest

from phototags.corpora.nus_wide import NusWide
from phototags.corpora.readers import READERS
from phototags.errors import CorpusError

READER, CONCEPTS = NusWide(), NusWide(concepts=True)
HEAD = "Photo_file Photo_id url_Large url_Middle url_Small url_Original\n"
PHOTOS = ["actor\\0001_11.jpg", "actor\\0002_12.jpg", "zebra\\0001_13.jpg", "zebra\\0002_11.jpg"]


@pytest.fixture
def source(tmp_path, layouts):
    lists = {"Imagelist.txt": "\r\n".join(PHOTOS) + "\r\n", "TestImagelist.txt": PHOTOS[1]}
    layouts.write_zip(tmp_path / "ImageList.zip", {f"ImageList/{n}": t for n, t in lists.items()})
    tags = "11      sea sky sea\n12      東京\n13\n"
    layouts.write_zip(tmp_path / "NUS_WID_Tags.zip", {"NUS_WID_Tags/All_Tags.txt": tags})
    layouts.write_zip(
        tmp_path / "ConceptsList.zip", {"ConceptsList/Concepts81.txt": "sky\nzebra\n"}
    )
    marks = {"sky": "1\n0\n1\n0\n", "zebra": "0\n0\n1\n1\n"}
    files = {f"Groundtruth/AllLabels/Labels_{name}.txt": text for name, text in marks.items()}
    layouts.write_zip(tmp_path / "Groundtruth.zip", files)
    (tmp_path / "NUS-WIDE-urls.txt").write_text(
        HEAD
        + "C:\\ImageData\\actor\\0001_11.jpg 11 null http://f/11.jpg http://f/11s.jpg null\n"
        + "C:\\Image Data\\actor\\0002_12.jpg 12 http://f/12l.jpg null null null\n"
        + "C:\\zebra\\0001_13.jpg 13 null null null null\n"
        + "file:///etc/passwd\n"
    )
    return tmp_path


def test_user_tags_split_and_address_come_by_id(source):
    listing, drops = READER.list_photos(source)
    assert listing.photo_id.tolist() == ["11", "12"]
    assert listing.tags.tolist() == [["sea", "sky"], ["東京"]]
    assert listing.split.tolist() == ["train", "test"]
    assert listing.photo_url.tolist() == ["http://f/11.jpg", "http://f/12l.jpg"]
    assert [(d.photo_id, d.reason) for d in drops] == [("13", "no_url"), ("11", "duplicate_id")]


def test_concepts_come_by_the_place_in_the_list(source):
    assert CONCEPTS.list_photos(source)[0].tags.tolist() == [["sky"], []]


def test_marks_for_other_than_the_listed_photos_are_an_error(source, layouts):
    files = {"Groundtruth/AllLabels/Labels_sky.txt": "1\n0\n"}
    layouts.write_zip(source / "Groundtruth.zip", files)
    with pytest.raises(CorpusError, match="4 lines of 0 or 1"):
        CONCEPTS.list_photos(source)


def test_its_pictures_are_on_the_web(source):
    with pytest.raises(CorpusError, match="download_photos"):
        READERS["nus_wide"].read_pictures(source, READER.list_photos(source)[0], 10**6)
