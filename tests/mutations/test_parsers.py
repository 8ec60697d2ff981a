"""Each parser of what strangers write, on many damaged inputs: named errors or sound answers.

`make fuzz` tries 100,000 of each; the same ones each time. PHOTOTAGS_FUZZ_SERIES names other ones,
and PHOTOTAGS_FUZZ_SECONDS ends each parser's after so long, with a line that says how many were
tried.
"""

import io
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phototags.corpora.readers import READERS
from phototags.download.journal import parse_line
from phototags.download.response_headers import (
    MAX_WAIT,
    find_end_of_use,
    forbids_use,
    parse_retry_after,
)
from phototags.errors import PhototagsError
from phototags.io.tagger_config import parse_json
from phototags.io.tar_headers import read_tar_headers
from phototags.photos.archives import ZipArchive
from phototags.photos.photo_table import make_photo_table, read_drops
from phototags.photos.removals import read_matches, read_removals
from phototags.search.index import PhotoIndex, read_index, write_index
from phototags.serve.feedback import Feedback
from phototags.systems.tagger import read_config
from phototags.tags.spelling import clean
from phototags.tags.word_choices import read_choices
from phototags.workflow.params_files import check_params_file
from tests.download.test_resume import make_record
from tests.mutations.conftest import HOSTILE, KINDS, mutant

EXAMPLES = int(os.environ.get("PHOTOTAGS_FUZZ", 150))
SECONDS = float(os.environ.get("PHOTOTAGS_FUZZ_SECONDS", "inf"))
SERIES = os.environ.get("PHOTOTAGS_FUZZ_SERIES", "")
ROOT = Path(__file__).parents[2]
TSV = "photo_id\tfile\ttags\tuser_id\tlatitude\n1\t1.jpg\tsea, blue sky\tann\t1.5\n2\t2.jpg\t\t\t\n"
CONFIG = {"system": {"model": "im2vec", "epochs": 1, "patience": 1, "hidden": [8]}, "features": 3}
CONFIG |= {"backbone": "clip_vit_b16+timm:resnet18@128", "train": "shapes", "seed": 0, "tags": 3}
DROPS = "step\tphoto_id\treason\tdetail\npack_photos\ta\\x09b\ttruncated\tat byte 7\n"
REMOVALS = (
    "# mail\nshapes/p7  # asked\nhttps://www.example.org/a?utm_source=b\nIMG \\#7\n" + "ab" * 32
)
WORDS = "action\tword\tname\nblock\tsea\t\nrename\tsky\theaven\nadd\tred boat\t\n"
VERDICT = '{"version": 1, "photo": "ab", "tag": "sea", "accepted": true, "at": "2026-01-01"}\n'
HEADER = "unavailable_after: Sat, 25 Jun 2010 15:00:00 PST, otherbot: noindex, phototags: noai"
TAGS = "Golden+Gate%20Bridge, caf\u00e9\u0301 #hash_tag camelCase u00e9 \U0001f1e9 \u200d <b>3"


def damage(content: bytes, chance: random.Random) -> bytes:
    """A mutant of the content, or one time in ten any bytes."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(200))
    changes = [
        (
            chance.choice(KINDS),
            chance.random(),
            chance.choice([*HOSTILE, chance.randbytes(chance.randint(1, 6))]),
        )
        for _ in range(chance.randint(1, 4))
    ]
    return mutant(content, changes)


def list_damaged(sound: bytes, name: str) -> Iterator[bytes]:
    """Yield mutants of a content: `EXAMPLES` in a series, or as many as `SECONDS` allow."""
    chance, begun = random.Random(name + SERIES), time.monotonic()
    for number in range(EXAMPLES):
        if time.monotonic() - begun > SECONDS:
            print(f"{name}{SERIES}: {number} of {EXAMPLES}")
            return
        yield damage(sound, chance)


def read_header(content: bytes) -> None:
    text = content.decode("utf-8", "surrogateescape")
    assert 0 <= parse_retry_after(text) <= MAX_WAIT
    assert forbids_use([text]) in (True, False)
    assert find_end_of_use({"X-Robots-Tag": text}) is None or "unavailable_after" in text.lower()


def read_journal_line(content: bytes) -> None:
    record = parse_line(content)
    assert record is None or (record.bytes >= 0 and isinstance(record.url, str))


def read_verdicts(path: Path) -> None:
    for of in Feedback(path).verdicts.values():
        assert set(map(type, of.values())) == {bool}


def read_tar(content: bytes) -> None:
    for member in read_tar_headers(io.BytesIO(content)):
        assert 0 <= member.offset <= member.offset + member.size <= len(content)


def read_zip(path: Path) -> None:
    with ZipArchive(path) as archive:
        for name in archive.list_names("", ""):
            assert len(archive.read(name, 1000)) <= 1001


def read_table(path: Path) -> None:
    photos, _ = READERS["table"].list_photos(path.parent)
    assert photos["photo_id"].is_unique


TEXTS = {
    "header": (HEADER, read_header),
    "tags": (TAGS, lambda content: clean(content.decode("utf-8", "surrogateescape"))),
    "journal": (json.dumps(json.loads(make_record().to_line())), read_journal_line),
    "json": (json.dumps(CONFIG), parse_json),
}
FILES = {
    "tsv": ("photos.tsv", TSV, read_table),
    "drops": ("drops.tsv", DROPS, read_drops),
    "matches": ("removed.tsv", "line\tphotos\nab\t3\n", lambda path: read_matches([path])),
    "removals": ("removals.txt", REMOVALS, lambda path: read_removals([path])),
    "words": ("words.tsv", WORDS, read_choices),
    "feedback": ("feedback.jsonl", VERDICT + VERDICT.replace("true", "null"), read_verdicts),
    "yaml": ("x.yaml", (ROOT / "presets/shapes.yaml").read_text(), check_params_file),
    "config": ("config.json", json.dumps(CONFIG), lambda path: read_config(path.parent)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_damaged_text_is_an_answer_or_a_named_error(name):
    sound, read = TEXTS[name]
    read(sound.encode())
    for content in list_damaged(sound.encode(), name):
        try:
            read(content)
        except (PhototagsError, ValueError) as error:
            assert str(error), content


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_an_answer_or_a_named_error(tmp_path, name):
    file, sound, read = FILES[name]
    path = tmp_path / file
    path.write_text(sound, encoding="utf-8")
    read(path)
    for content in list_damaged(sound.encode(), name):
        path.write_bytes(content)
        try:
            read(path)
        except PhototagsError as error:
            assert str(error), content


def test_damaged_headers_of_tars_are_values_in_bounds_or_a_value_error(packing):
    sound = packing.tar_of({"a/1.jpg": b"one" * 50, "b" * 150: b"two", "c": "a/1.jpg"})
    read_tar(sound)
    for content in list_damaged(sound, "tar"):
        try:
            read_tar(content)
        except ValueError as error:
            assert str(error), content


def test_damaged_zips_are_bytes_or_a_named_error(tmp_path, packing):
    packing.in_zip("a.zip", "a/1.jpg", {"b.txt": b"two" * 30})(b"one" * 50, tmp_path)
    for content in list_damaged((tmp_path / "a.zip").read_bytes(), "zip"):
        (tmp_path / "a.zip").write_bytes(content)
        try:
            read_zip(tmp_path / "a.zip")
        except PhototagsError as error:
            assert str(error), content


@pytest.mark.parametrize("kind", ["parquet", "safetensors"])
def test_damaged_indexes_are_read_whole_or_a_named_error(tmp_path, kind):
    import numpy as np
    import pyarrow as pa

    from phototags.photos.photo_table import PHOTOS
    from phototags.search.index import COLUMNS

    rows = [
        {"photo_id": str(n), "tags": ["sea"], "title": "t", "file": "0.tar/0.png"} for n in "ab"
    ]
    schema = pa.schema([PHOTOS.field(name) for name in COLUMNS])
    table = pa.Table.from_pandas(make_photo_table(rows)[COLUMNS], schema, preserve_index=False)
    table = table.replace_schema_metadata(None)
    index = PhotoIndex(np.eye(2, 3, dtype=np.float32), table, "c", "0")
    write_index(index, tmp_path / "c.safetensors", tmp_path / "c.parquet")
    read_index(tmp_path, "c")
    path = tmp_path / f"c.{kind}"
    for content in list_damaged(path.read_bytes(), kind):
        path.write_bytes(content)
        try:
            found = read_index(tmp_path, "c")
            assert len(found.table) == len(found.vectors) == 2
        except PhototagsError as error:
            assert str(error), content
