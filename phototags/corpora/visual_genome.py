"""Visual Genome: 108,077 photos, the objects in them named by people in passing.

Krishna et al., Visual Genome, IJCV 123, 2017. Of `objects.json` an object's names or synsets, of
`attributes.json` what was said of it, of `region_descriptions.json` a description. There is no
official split: a fifth of the photos, by a hash of the id, are test photos, now and for ever.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pandas as pd

from phototags.corpora.formats.json_records import field, records
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.shards import Found, found_in
from phototags.photos.table import Drop, photo_table
from phototags.photos.zips import Zip
from phototags.tags.split import chance

TEST = 0.2  # share of the photos
ARCHIVES = ("images.zip", "images2.zip")
MAX_TEXT = 10_000_000  # bytes of a word list; the longest has 40,000
LICENCE = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
STEP = "list_photos"
Kind = Literal["names", "synsets", "attributes"]


def list_photos(
    source: Path,
    wordnet: Path | None = None,
    *,
    kind: Kind = "names",
    vocabulary: str | None = None,
) -> tuple[pd.DataFrame, list[Drop]]:
    """Every photo of image_data.json, in its order.

    Args:
        kind: what a tag is: an object's name, the word of its synset, or its attribute.
        vocabulary: the file of the words to keep; names are first made one by object_alias.txt.

    Raises:
        ArchiveError, CorpusError: when an archive is damaged or not in the known layout.
    """
    words = _words(source / vocabulary) if vocabulary else None
    alias = _words(source / "object_alias.txt") if vocabulary else {}
    tags = _tags(source, kind)
    regions = _regions(source)
    rows, drops, seen = [], [], set()
    for record in show_progress(_images(source), "reading photos"):
        photo_id = str(field(record, "image_id", int, "image_data.json"))
        if photo_id in seen:
            drops.append(Drop(STEP, photo_id, "duplicate_id", "listed before"))
            continue
        seen.add(photo_id)
        named = tags.get(photo_id, [])
        if words is not None:
            named = [words[name] for one in named if (name := alias.get(one, one)) in words]
        row = _row(photo_id, field(record, "url", str, "image_data.json"))
        row |= {"tags": list(dict.fromkeys(named)), "description": regions.get(photo_id)}
        rows.append(row)
    return photo_table(rows), drops


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The pictures of the listed photos, from whichever of the two archives has them."""
    with Zip(source / ARCHIVES[0]) as first, Zip(source / ARCHIVES[1]) as second:
        yield from found_in(listing, max_bytes, first, second)


def _row(photo_id: str, url: str) -> dict:
    folder, _, file = url.rpartition("/")
    return {
        "photo_id": photo_id,
        "licence": LICENCE[0],
        "licence_url": LICENCE[1],
        "photo_url": url,
        "split": "test" if chance(0, photo_id) < TEST else "train",
        "file": f"{folder.rpartition('/')[2]}/{file}",
    }


def _images(source: Path) -> Iterator[dict]:
    return records(source / "image_data.json.zip", "image_data.json", "item")


def _tags(source: Path, kind: Kind) -> dict[str, list[str]]:
    """The tags of each photo as written, in the order of its objects."""
    name = "attributes" if kind == "attributes" else "objects"
    return {
        _photo(record, name): [
            word
            for thing in field(record, name, list, f"{name}.json")
            for word in _said(thing, kind)
        ]
        for record in show_progress(
            records(source / f"{name}.json.zip", f"{name}.json", "item"), name
        )
    }


def _said(thing: dict, kind: Kind) -> list[str]:
    """What an object is called; a synset `traffic_light.n.01` says `traffic light`.

    >>> _said({"names": ["Clock "], "synsets": ["clock.n.01"]}, "synsets")
    ['clock']
    """
    if not isinstance(thing, dict):
        raise CorpusError(f"expected an object of Visual Genome, found {thing!r:.80}")
    words = thing.get(kind) or ([thing["name"]] if kind == "names" and "name" in thing else [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise CorpusError(f"expected a list of words as {kind!r}, found {words!r:.80}")
    if kind == "synsets":
        words = [word.rsplit(".", 2)[0].replace("_", " ") for word in words]
    return [word for written in words if (word := written.strip().lower())]


def _regions(source: Path) -> dict[str, str]:
    """The descriptions of each photo's regions, one after another."""
    name = "region_descriptions.json"
    return {
        _photo(record, "regions"): "; ".join(
            dict.fromkeys(
                field(region, "phrase", str, name).strip()
                for region in field(record, "regions", list, name)
            )
        )
        for record in show_progress(records(source / f"{name}.zip", name, "item"), "regions")
    }


def _photo(record: dict, inside: str) -> str:
    """The id of a record's photo; `regions` and old releases call it `id`."""
    name = "image_id" if "image_id" in record else "id"
    return str(field(record, name, int, f"Visual Genome's {inside}"))


def _words(path: Path) -> dict[str, str]:
    """Words and what each is to be called: the first of its line, between commas."""
    content = path.read_bytes()[:MAX_TEXT].decode("utf-8", errors="replace")
    lines = [[word.strip().lower() for word in line.split(",")] for line in content.splitlines()]
    return {word: line[0] for line in reversed(lines) if line[0] for word in line}
