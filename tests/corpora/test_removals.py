"""After a photo is removed, by any of its names, no file holds anything of it."""

import hashlib
import tarfile
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
import torch

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.listing import drop_removals
from phototags.corpora.photos_tsv import PhotosTsv
from phototags.errors import ParamsError
from phototags.evaluation.metrics.run_tables import count_drops
from phototags.features.feature_cache import Features
from phototags.io.storage import atomic_write
from phototags.params.own_tables import read_own_tables
from phototags.photos.collection import collect_photos
from phototags.photos.gallery import make_card
from phototags.photos.packing import pack_photos
from phototags.photos.photo_table import (
    CREDIT,
    SHARD,
    Drop,
    read_photos,
    write_drops,
    write_photos,
    write_table,
)
from phototags.photos.removals import Removals, read_removals
from phototags.report.search_page import write_found
from phototags.search.index import build_index, write_index
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.vocabulary import write_tsv

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


def run(source: Path, to: Path, removals: Removals) -> None:
    """Every step that handles single photos, from the reader to a page of found photos."""
    known = find_corpus("shapes", TABLES)
    listing, drops = drop_removals(READER.list_photos(source), known, source, removals, 10**6)
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
    _, drops = drop_removals(
        (listing, dropped), find_corpus("shapes", TABLES), source, Removals(["lost"]), 10**6
    )
    assert drops == [Drop("list_photos", "", "removed", "line 0"), dropped[1]]


def test_another_corpus_photo_of_that_name_stays(source):
    listing, _ = READER.list_photos(source)
    known = find_corpus("shapes", TABLES)
    kept, drops = drop_removals((listing, []), known, source, Removals(["coco/shape12"]), 10**6)
    assert len(kept) == 40
    assert drops == []


def test_removals_that_cannot_be_read_stop_the_run(tmp_path):
    (tmp_path / "removals.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("removals.txt", "not there"):
        with pytest.raises(ParamsError, match="corpora.removals"):
            read_removals([tmp_path / name])
