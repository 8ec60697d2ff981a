"""After a photo is removed, by any of its names, no file holds anything of it."""

import hashlib
import itertools
import tarfile
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.listing import drop_removals
from phototags.corpora.photos_tsv import PhotosTsv
from phototags.corpora.reader import Listing
from phototags.errors import CorpusError, ParamsError
from phototags.evaluation.metrics.run_tables import count_drops
from phototags.features.feature_cache import Features
from phototags.io.escapes import escape, unescape
from phototags.io.storage import atomic_write
from phototags.params.own_tables import read_own_tables
from phototags.photos.gallery import make_card
from phototags.photos.packing import pack_photos
from phototags.photos.photo_table import (
    CREDIT,
    PACKED,
    SHARD,
    Drop,
    make_photo_table,
    read_drops,
    read_photos,
    write_drops,
    write_photos,
    write_table,
)
from phototags.photos.removals import (
    Removals,
    hash_line,
    parse_removed_row,
    read_matches,
    read_removals,
    write_matches,
)
from phototags.report.search_page import write_found
from phototags.search.index import build_index, write_index
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.vocabulary import write_tsv
from tests.collecting import collect_photos

READER = PhotosTsv()
TABLES = read_own_tables('{"shapes": {"photos": 40, "licence": "CC0", "citation": ""}}')
ROW, CAPS = 12, {"max_pixels": 10**6, "max_bytes": 10**6}
TITLE, URL = "A secret cross", "https://photos.example/shape12"
WORD = "onlythisphoto"


@pytest.fixture
def source(tiny_mirror, tmp_path) -> Path:
    """The corpus `shapes`, in which one photo has words of its own."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "images.tar").write_bytes((tiny_mirror / "shapes/images.tar").read_bytes())
    head, *lines = (tiny_mirror / "shapes/photos.tsv").read_text().splitlines()
    lines = [f"{line}\thttps://photos.example/{line.split(chr(9))[0]}/" for line in lines]
    cells = lines[ROW].split("\t")
    cells[3:5] = [f"{cells[3]},{WORD}", TITLE]
    lines[ROW] = "\t".join(cells)
    (folder / "photos.tsv").write_text("\n".join([f"{head}\tpage_url", *lines]) + "\n")
    return folder


@pytest.fixture
def picture(source) -> bytes:
    with tarfile.open(source / "images.tar") as tar:
        return tar.extractfile(f"images/{ROW:02d}.png").read()


class Constant:
    """A tagger that scores one tag by the first feature."""

    def scores(self, features):
        return features[:, :1]


def remove(listed: Listing, source: Path, removals: Removals) -> Listing:
    """What `drop_removals` leaves of a table in one block, and all drops."""
    known = find_corpus("shapes", TABLES)
    tables, drops = zip(*drop_removals([listed], known, source, removals, 10**6), strict=True)
    return tables[0], list(itertools.chain(*drops))


def run(source: Path, to: Path, removals: Removals) -> None:
    """Every step that handles single photos, from the reader to a page of found photos."""
    listing, drops = remove(READER.list_photos(source), source, removals)
    write_photos(to / "listing.parquet", listing)
    write_drops(to / "shapes/listing.drops.tsv", drops)
    found = READER.read_pictures(source, listing, 10**6)
    packed, unpacked = pack_photos(found, to / "shards/00000.tar", **CAPS, removals=removals)
    credited = packed.merge(listing[["row", *CREDIT]], on="row")
    write_table(to / "shards/00000.parquet", credited, SHARD)
    photos, refused = collect_photos(listing, packed, unpacked)
    write_photos(to / "photos.parquet", photos)
    write_drops(to / "shapes/drops.tsv", [*drops, *unpacked, *refused])
    with atomic_write(to / "tags.parquet") as part:
        tags = encode_photos(read_photo_batches(to / "photos.parquet", 10), part.parent)
        tags, spelling = clean_photos(tags)
        write_tags(part, tags)
    write_tsv(to / "spelling.tsv", spelling)
    rows = torch.tensor(photos["row"].to_numpy())
    features = Features(rows, torch.rand(len(rows), 3))
    written = pd.read_parquet(to / "tags.parquet")
    index = build_index(Constant(), features, photos, written, "shapes", "0")
    write_index(index, to / "index.safetensors", to / "index.parquet")
    cards = [(make_card(photo), 0.0) for photo in index.table.to_pylist()]
    shards = [to / "shards/00000.tar"]
    write_found(to / "found.html", "cross", ["cross"], [], "shapes", cards, shards)


def find_traces(folder: Path, picture: bytes) -> list[str]:
    """Which files have anything of the photo, as bytes or, where packed, once unpacked."""
    digest = hashlib.sha256(picture).hexdigest().encode()
    secrets = [b"shape12", TITLE.encode(), WORD.encode(), digest, picture[40:200]]
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += str(pl.read_parquet(path).to_dicts()).encode()
        found += [path.name for secret in secrets if secret in content]
    return sorted(set(found))


def list_names(picture: bytes) -> dict[str, str]:
    return {
        "id": "shape12",
        "corpus and id": "shapes/shape12",
        "sha256": hashlib.sha256(picture).hexdigest().upper(),
        "address": URL.replace("https", "http"),
    }


def test_a_photo_is_in_many_files_unless_it_is_removed(source, picture, tmp_path):
    run(source, tmp_path / "out", Removals())
    assert find_traces(tmp_path / "out", picture) == [
        "00000.parquet",
        "00000.tar",
        "found.html",
        "index.parquet",
        "listing.parquet",
        "photos.parquet",
        "spelling.tsv",
        "tags.parquet",
    ]


@pytest.mark.parametrize("kind", ["id", "corpus and id", "sha256", "address"])
def test_nothing_of_a_removed_photo_is_left_in_any_file(source, picture, tmp_path, kind):
    (tmp_path / "removals.txt").write_text(
        f"# asked in May\n\n{list_names(picture)[kind]}  # a mail\n"
    )
    run(source, tmp_path / "out", read_removals([tmp_path / "removals.txt"]))
    assert find_traces(tmp_path / "out", picture) == []
    photos = read_photos(tmp_path / "out/photos.parquet")
    assert photos["row"].tolist() == [row for row in range(40) if row != ROW]
    counted = count_drops([tmp_path / "out/shapes/drops.tsv"])
    assert counted.values.tolist() == [["shapes", "list_photos", "removed", 1]]


def test_a_photo_removed_by_its_bytes_is_left_out_of_shards(source, picture, tmp_path):
    listing, _ = READER.list_photos(source)
    removals = Removals([hashlib.sha256(picture).hexdigest()])
    found = READER.read_pictures(source, listing, 10**6)
    packed, drops = pack_photos(found, tmp_path / "00000.tar", **CAPS, removals=removals)
    photos, _ = collect_photos(listing, packed, drops)
    assert ROW not in set(photos["row"])
    assert drops == [Drop("pack_photos", "", "removed", f"row {ROW}")]
    assert picture[40:200] not in (tmp_path / "00000.tar").read_bytes()


def test_drops_of_the_reader_do_not_name_a_removed_photo(source):
    dropped = [Drop("list_photos", "lost", "missing", "lost.png"), Drop("list_photos", "b", "x")]
    listing, _ = READER.list_photos(source)
    _, drops = remove((listing, dropped), source, Removals(["lost"]))
    assert drops == [Drop("list_photos", "", "removed", "line 0"), dropped[1]]


def test_another_corpus_photo_of_that_name_stays(source):
    listing, _ = READER.list_photos(source)
    kept, drops = remove((listing, []), source, Removals(["coco/shape12"]))
    assert len(kept) == 40
    assert drops == []


def test_removals_that_cannot_be_read_stop_the_run(tmp_path):
    (tmp_path / "removals.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("removals.txt", "not there"):
        with pytest.raises(ParamsError, match="corpora.removals"):
            read_removals([tmp_path / name])


PHOTO = {"photo_id": "p7", "page_url": "https://www.flickr.com/photos/1/7/"}
PHOTO |= {"photo_url": "http://farm1.example/7.jpg"}


def is_removed(tmp_path, line: str, **photo) -> bool:
    (tmp_path / "requests").write_bytes(f"{line}\n".encode())
    removals = read_removals([tmp_path / "requests"])
    (found,) = removals.match("mine", pd.DataFrame([PHOTO | photo]))
    assert sum(removals.matched.values()) == found
    return found


@pytest.mark.parametrize(
    "line",
    [
        "p7", "mine/p7", "  p7  ", "p7 # asked by mail", "p7\t#", "\ufeffp7", "p7\r", "./p7",
        "https://www.flickr.com/photos/1/7", "http://www.flickr.com/photos/1/7/",
        "https://flickr.com/photos/1/7/", "HTTPS://WWW.Flickr.com/photos/1/7/",
        "https://www.flickr.com:443/photos/1/7/", "https://www.flickr.com./photos/1/7/",
        "https://www.flickr.com/photos/1/7/?utm_source=mail&fbclid=3",
        "https://www.flickr.com/photos/1/7/in/album-721577/",
        "https://flickr.com/photos/1/7/sizes/l",
        "https://www.flickr.com/photos/1/7/?x=1", "https://www.flickr.com/photos/1/7/#comments",
        "www.flickr.com/photos/1/7/", "flickr.com/photos/1/7", "https://www.flickr.com/photos/1/%37/",
        "<https://www.flickr.com/photos/1/7/>", "https://farm1.example/7.jpg",
        "https://www.flickr.com/photos/1/7/ # a mail",
    ],
)  # fmt: skip
def test_a_photo_is_found_by_every_form_of_its_name(tmp_path, line):
    assert is_removed(tmp_path, line)


@pytest.mark.parametrize(
    "line",
    ["P7", "p", "p77", "other/p7", "# p7", "#p7", "https://www.flickr.com/photos/1/77/",
     "https://www.flickr.com/photos/1", "https://flickr.org/photos/1/7/", "https://flickr.com",
     "https://www.flickr.com:8443/photos/1/7/", "http://[bad", "http://a.example:port/7"],
)  # fmt: skip
def test_another_name_finds_nothing(tmp_path, line):
    assert not is_removed(tmp_path, line)


def test_a_query_that_names_the_photo_counts(tmp_path):
    page = {"page_url": "https://example.org/photo.php?id=7"}
    assert is_removed(tmp_path, "http://www.example.org/photo.php?id=7&utm_source=x", **page)
    assert not is_removed(tmp_path, "https://example.org/photo.php?id=8", **page)
    assert not is_removed(tmp_path, "https://example.org/photo.php", **page)


@pytest.mark.parametrize(
    "photo_id, line",
    [
        ("IMG #7", "IMG #7"), ("IMG #7.jpg", "mine/IMG #7.jpg"), ("IMG #7", "IMG #7 # a mail"),
        ("#7", r"\#7"), ("a # b", r"a \# b"), ("a  b", "a b"), ("a  b", "a  b"),
        ("e\u0301", "\u00e9"), ("\u00e9", "e\u0301"), ("a\u2028b", "a\u2028b"), ("a\u00a0b", "a b"),
        ("a\x0bb", "a\x0bb"), ("cats/p7.jpg", "mine/cats/p7.jpg"), ("cats/p7.jpg", "./cats/p7.jpg"),
    ],
)  # fmt: skip
def test_ids_with_odd_characters_can_be_written(tmp_path, photo_id, line):
    assert is_removed(tmp_path, line, photo_id=photo_id, page_url=None, photo_url=None)


def test_lines_are_counted_over_corpora_and_only_those_that_each_was_searched_for(tmp_path):
    tables = []
    for corpus, lines in (("a", ["p7", "b/p8"]), ("b", ["p7", "b/p8", "late"])):
        removals = Removals(lines)
        photos = pd.DataFrame([{"photo_id": one} for one in ("p7", "p8")])
        removals.match(corpus, photos.assign(page_url=None, photo_url=None))
        tables.append(tmp_path / f"{corpus}.tsv")
        write_matches(tables[-1], removals)
    assert read_matches(tables) == {hash_line("p7"): 2, hash_line("b/p8"): 1}
    assert "p7" not in tables[0].read_text()
    tables[0].write_text("line\tphotos\nx\tmany\n")
    with pytest.raises(CorpusError, match="should count"):
        read_matches(tables)


ODD_IDS = ["a  b", "a b", "a\u00a0b", "a\nb", "a\tb", "a\r\nb", "a\x0bb", " a", "a ", "a\u200bb",
           "e\u0301", "\u00e9", "a\u2028b", "a\x1b[31mb", 'q"', "'", "a\\x20b", "\\", "\\\\x41",
           "\U000e0062", "row 3", "#"]  # fmt: skip


def test_no_character_of_an_id_blocks_a_corpus(tmp_path):
    listing = make_photo_table({"photo_id": one, "tags": ["sea"]} for one in [*ODD_IDS, "kept"])
    drops = [Drop("pack_photos", one, "missing", "no such  file\x1b") for one in ODD_IDS]
    write_drops(tmp_path / "drops.tsv", drops)
    text = (tmp_path / "drops.tsv").read_text()
    assert len(text.split("\n")) == len(ODD_IDS) + 2 and "\x1b" not in text
    read = read_drops(tmp_path / "drops.tsv")
    assert [drop.photo_id for drop in read] == ODD_IDS
    packed = pd.DataFrame([(len(ODD_IDS), "0.tar/0.png", "ab", 4, 3)], columns=PACKED.names)
    photos, _ = collect_photos(listing, packed, read)
    assert photos["photo_id"].tolist() == ["kept"]


@given(some.text())
def test_an_escaped_id_is_printable_and_comes_back(text):
    assert escape(text).isprintable() and unescape(escape(text)) == text
    assert unescape(text) is not None


def test_a_removed_photos_drop_without_a_row_is_a_named_error():
    with pytest.raises(CorpusError, match="its row"):
        parse_removed_row(Drop("pack_photos", "", "removed", "row x"))
