"""MIRFLICKR as a folder: owners' tags and experts' concepts on the same packed photos."""

import polars as pl
import pytest

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.readers import READERS
from phototags.errors import CorpusError
from phototags.params.vocabulary import Split
from phototags.photos.collection import view_photos
from phototags.photos.packing import pack_photos
from phototags.tags.split import split_photos
from tests.collecting import collect_photos

OWNERS, CONCEPTS = "mirflickr25k_128", "mirflickr25k_128-concepts"
COLOURS = ["red", "blue", "tan", "green", "black", "white", "navy", "gold", "grey", "pink"]


@pytest.fixture
def source(tmp_path, layouts):
    layouts.write_tar(
        tmp_path / "images.tar",
        {f"im{number}.jpg": layouts.jpeg(colour) for number, colour in enumerate(COLOURS, 1)},
    )
    numbers = range(1, len(COLOURS) + 1)
    owners = [f"{n}\tim{n}.jpg\ttag{n:04d},sky\t" for n in numbers]
    concepts = [f"{n}\tim{n}.jpg\tplant life,sky\tsky" for n in reversed(numbers)]
    for name, head, lines in (
        ("photos.tsv", "photo_id\tfile\ttags\tpage_url", owners),
        ("concepts.tsv", "photo_id\tfile\ttags\trelevant", concepts),
    ):
        (tmp_path / name).write_text("\n".join([head, *lines]) + "\n")
    return tmp_path


def read(source, corpus):
    return READERS[find_corpus(corpus, {}).reader].list_photos(source)[0]


@pytest.fixture
def photos(source):
    listing = read(source, OWNERS)
    found = READERS["table"].read_pictures(source, listing, 10**6)
    seen, _ = pack_photos(found, source / "0.tar", max_pixels=10**6, max_bytes=10**6)
    return collect_photos(listing, seen, [])[0]


def test_tags_are_the_owners_the_concepts_or_the_relevant_ones(source):
    assert read(source, OWNERS)["tags"][0] == ["tag0001", "sky"]
    assert read(source, CONCEPTS)["tags"][0] == ["plant life", "sky"]
    assert read(source, f"{OWNERS}-relevant")["tags"][0] == ["sky"]


def test_a_table_without_the_column_of_the_view_is_refused(source):
    (source / "concepts.tsv").write_text("photo_id\tfile\ttags\n1\tim1.jpg\tsky\n")
    with pytest.raises(CorpusError, match="without relevant"):
        read(source, f"{OWNERS}-relevant")


def test_a_view_has_the_rows_and_files_of_its_corpus_whatever_its_order(source, photos):
    viewed, drops = view_photos(read(source, CONCEPTS), photos, [])
    assert not drops and viewed["tags"].tolist() == [["plant life", "sky"]] * len(COLOURS)
    same = ["row", "photo_id", "file", "sha256", "width", "height"]
    assert viewed[same].equals(photos[same])


def test_both_views_have_the_same_photos_in_the_test_part(source, photos):
    viewed, _ = view_photos(read(source, CONCEPTS), photos, [])
    settings = Split(seed=3, test=0.3, validation=0.2)
    ours, theirs = (
        split_photos(pl.from_pandas(one.drop(columns="machine_tags")), settings, trained=True)
        for one in (photos, viewed)
    )
    assert ours.equals(theirs) and set(ours["part"]) == {"train", "validation", "test"}
