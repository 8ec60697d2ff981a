"""However many photos are in memory at once, the files are the same, and those of a slow loop."""

import math
from collections import Counter
from functools import partial

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import list_candidates
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import ROW_GROUP, encode_photos, read_photo_batches, write_tags
from phototags.tags.merging import find_merges, replace_tags
from phototags.tags.spelling import clean
from phototags.tags.split import select_part
from phototags.tags.vocabulary import write_tsv

PHOTOS = 120
APP = ["square", "someapp", "filter"]
WRITTEN = ["Sea", "sea", "#sea", "Golden+Gate", "bridge", "goldengatebridge", "cars", "car", "auto"]
WRITTEN += ["geo:lat=1", "--", "hash", "台灣", "buses", *(f"HASH(0x{n})" for n in range(4))]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """photos.parquet, in several row groups, and split.parquet of a corpus."""
    draw, folder = np.random.default_rng(3), tmp_path_factory.mktemp("corpus")
    odds = 1 / np.arange(1, len(WRITTEN) + 1)
    tags = [
        None if row % 17 == 5 else draw.choice(WRITTEN, row % 6, p=odds / odds.sum()).tolist()
        for row in range(PHOTOS)
    ]
    users = [None if row % 13 == 2 else f"u{draw.integers(9)}" for row in range(PHOTOS)]
    for row in range(3, PHOTOS, 4):  # an app's tags, of people of their own, and their camera
        users[row], tags[row] = f"app{row % 12}{row % 5}", [*(tags[row] or []), *APP, "d90"]
    table = {"row": range(3, PHOTOS + 3), "photo_id": map(str, range(PHOTOS)), "user_id": users}
    table |= {"tags": tags, "camera": ["NIKON D90"] * PHOTOS}
    photos = pl.DataFrame({name: list(column) for name, column in table.items()})
    pq.write_table(photos.to_arrow(), folder / "photos.parquet", row_group_size=50)
    parts = photos.select("row", part=pl.when(pl.col("row") % 4 > 0).then(pl.lit("train")))
    parts.write_parquet(folder / "split.parquet", row_group_size=33)
    return folder


def run(corpus, folder, chunk_photos, wordnet, **settings):
    """As the scripts of clean_tags and build_vocabulary do; what became of the bytes."""
    settings = Vocabulary(min_users=2, min_photos=2, max_tags=None, **settings)
    for name in ("written", "clean"):
        (folder / name).mkdir(parents=True)
    written = encode_photos(
        read_photo_batches(corpus / "photos.parquet", chunk_photos), folder / "written"
    )
    cleaned, spelling = clean_photos(written)
    write_tsv(folder / "spelling.tsv", spelling)
    write_tags(folder / "tags.parquet", cleaned)
    photos = encode_photos(
        read_photo_batches(folder / "tags.parquet", chunk_photos), folder / "clean"
    )
    training = photos.map_parts(partial(select_part, "train", corpus / "split.parquet"))
    found = find_merges(training, settings, wordnet)
    write_tsv(folder / "candidates.tsv", list_candidates(training, found, settings, wordnet))
    for one in found:
        photos = replace_tags(photos, one.replacements)
    write_tags(folder / "merged.parquet", photos)
    return {file.name: file.read_bytes() for file in folder.glob("*.*")}


@pytest.mark.parametrize("chunk_photos", [1, 7, 50])
def test_the_parts_do_not_show_in_the_files(corpus, tmp_path, wordnet, chunk_photos):
    rules = {"merge": ["joined", "split", "lemma", "synset"], "refuse": ["apps"]}
    one = run(corpus, tmp_path / "one", 10 * PHOTOS, wordnet, **rules)
    several = run(corpus, tmp_path / "several", chunk_photos, wordnet, **rules)
    assert len(one) == 4 and one == several
    assert one["merged.parquet"] != one["tags.parquet"]
    assert one["candidates.tsv"].count(b"apps: written together") == len(APP) + 1  # d90 as well


@pytest.mark.parametrize("chunk_photos", [7, 10 * PHOTOS])
def test_cameras_are_found_over_parts(corpus, tmp_path, chunk_photos):
    photos = encode_photos(read_photo_batches(corpus / "photos.parquet", chunk_photos), tmp_path)
    settings = Vocabulary(min_users=1, min_photos=1, max_tags=None, refuse=["cameras"])
    why = dict(list_candidates(photos, [], settings).select("tag", "why").rows())
    assert [tag for tag in why if why[tag].startswith("cameras")] == ["d90"]


def test_the_files_are_those_of_a_plain_loop(corpus, tmp_path):
    run(corpus, tmp_path / "run", 7, None)
    photos = pl.read_parquet(corpus / "photos.parquet").rows(named=True)
    own, spelt = {}, {}
    for photo in photos:
        for tag in set(photo["tags"] or []):
            spelt.setdefault(tag, []).append(photo["user_id"])
        tags = (clean(one).tag for one in photo["tags"] or [])
        own[photo["row"]] = [tag for tag in dict.fromkeys(tags) if tag and tag != "hash"]
    tags = pl.read_parquet(tmp_path / "run/tags.parquet")
    assert dict(tags.select("row", "tags").rows()) == own
    spelling = pl.read_csv(tmp_path / "run/spelling.tsv", separator="\t")
    assert spelling.select("written", "photos", "users").rows() == sorted(
        ((tag, len(users), len(set(users) - {None})) for tag, users in spelt.items()),
        key=lambda row: (-row[1], row[0]),
    )
    counts = {}
    for photo in photos:
        for tag in own[photo["row"]] if photo["row"] % 4 else []:
            counts.setdefault(tag, Counter())[photo["user_id"]] += 1
    table = pl.read_csv(tmp_path / "run/candidates.tsv", separator="\t")
    for tag, number, users, entropy, *_ in table.iter_rows():
        known = [times for user, times in counts[tag].items() if user is not None]
        bits = -sum(times / sum(known) * math.log2(times / sum(known)) for times in known)
        assert (number, users) == (counts[tag].total(), len(known))
        assert entropy == pytest.approx(bits, abs=1e-6)
    assert set(table["tag"]) == set(counts)


def test_row_groups_do_not_follow_the_parts(encode, tmp_path):
    rows = ROW_GROUP + 10
    table = {"row": np.arange(rows), "photo_id": None, "user_id": None, "tags": [["sea"]] * rows}
    photos = pl.DataFrame(table, schema_overrides={"tags": pl.List(pl.String)})
    for chunk_photos in (rows, 50_000):
        write_tags(tmp_path / str(chunk_photos), encode(photos, chunk_photos))
    assert (tmp_path / str(rows)).read_bytes() == (tmp_path / "50000").read_bytes()


def test_a_file_may_name_nobody_and_have_no_tags(tmp_path):
    table = pl.DataFrame({"row": [0, 1], "user_id": [None, None], "tags": [[], None]})
    table.write_parquet(tmp_path / "photos.parquet")
    photos = encode_photos(read_photo_batches(tmp_path / "photos.parquet", 1), tmp_path)
    assert [part["user"].to_list() for part in photos] == [[-1], [-1]]
    assert photos.tags.is_empty() and clean_photos(photos)[1].is_empty()
