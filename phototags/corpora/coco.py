"""MS COCO 2014 and 2017: photos whose objects of 80 categories are all marked, and five captions.

Lin et al., Microsoft COCO, ECCV 2014. The test parts' annotations are secret, so the validation
part is the test part here, as in most papers on tagging.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.corpora.formats.json_records import field, records
from phototags.corpora.tuxpaint import nouns_of
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.shards import Found, found_in
from phototags.photos.table import Drop, photo_table
from phototags.photos.zips import Zip
from phototags.tags.wordnet import WordNet

PARTS = {"train": "train", "val": "test"}


def list_photos(
    source: Path, wordnet: Path | None = None, *, year: int, captions: bool = False
) -> tuple[pd.DataFrame, list[Drop]]:
    """The photos of both parts, in the order of their files; those without any object too.

    Args:
        captions: tags are the nouns of the captions instead of the marked categories.

    Raises:
        ArchiveError, CorpusError: when the archive is damaged or not in the known layout.
    """
    if captions and wordnet is None:
        raise CorpusError("COCO's captions need WordNet to find their nouns; found none")
    nouns = WordNet.read(wordnet) if captions else None
    archive = source / f"annotations_trainval{year}.zip"
    rows = []
    for part, split in PARTS.items():
        objects = _objects(archive, f"instances_{part}{year}.json")
        said = _captions(archive, f"captions_{part}{year}.json")
        for photo_id, row in _photos(archive, f"instances_{part}{year}.json"):
            texts = said.get(photo_id, [])
            tags = objects.get(photo_id, [])
            if nouns is not None:
                tags = [noun for text in texts for noun in nouns_of(text, nouns)]
            row |= {"tags": list(dict.fromkeys(tags)), "description": " ".join(texts) or None}
            rows.append(row | {"split": split, "file": f"{part}{year}/{row['file']}"})
    return photo_table(rows), []


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The pictures of the listed photos, from the archive of their part."""
    for part, photos in listing.groupby(listing["file"].str.partition("/")[0], sort=False):
        with Zip(source / f"{part}.zip") as archive:
            yield from found_in(photos, max_bytes, archive)


def _photos(archive: Path, name: str) -> Iterator[tuple[int, dict]]:
    licences = {field(one, "id", int, name): one for one in records(archive, name, "licenses.item")}
    for record in show_progress(records(archive, name, "images.item"), "reading photos"):
        licence = licences.get(_maybe(record, "license", int), {})
        photo_id = field(record, "id", int, name)
        yield (
            photo_id,
            {
                "photo_id": str(photo_id),
                "taken_at": _maybe(record, "date_captured"),
                "licence": _maybe(licence, "name"),
                "licence_url": _maybe(licence, "url"),
                "photo_url": _maybe(record, "flickr_url"),
                "file": field(record, "file_name", str, name),
            },
        )


def _maybe(record: dict, name: str, kind: type = str) -> object:
    """What a record may lack, None where it does or says it in another kind."""
    value = record.get(name)
    return value if isinstance(value, kind) else None


def _objects(archive: Path, name: str) -> dict[int, list[str]]:
    """The names of the categories of each photo, in the order of its marks."""
    names = {
        field(one, "id", int, name): field(one, "name", str, name)
        for one in records(archive, name, "categories.item")
    }
    found: dict[int, list[str]] = {}
    for mark in show_progress(records(archive, name, "annotations.item"), "reading objects"):
        category = field(mark, "category_id", int, name)
        if category not in names:
            raise CorpusError(f"{name} marks an object of the unknown category {category}")
        found.setdefault(field(mark, "image_id", int, name), []).append(names[category])
    return found


def _captions(archive: Path, name: str) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for record in show_progress(records(archive, name, "annotations.item"), "reading captions"):
        caption = " ".join(field(record, "caption", str, name).split())
        said.setdefault(field(record, "image_id", int, name), []).append(caption)
    return said
