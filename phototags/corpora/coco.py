"""MS COCO 2014 and 2017: photos whose objects of 80 categories are all marked, and five captions.

Lin et al., Microsoft COCO, ECCV 2014. The test parts' annotations are secret, so the validation
part is the test part here, as in most papers on tagging.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phototags.corpora.formats.captions import find_nouns, read_nouns
from phototags.corpora.formats.json_records import get_field, read_records
from phototags.corpora.reader import Reader
from phototags.errors import CorpusError
from phototags.io.progress import show_progress

PARTS = {"train": "train", "val": "test"}


@dataclass(frozen=True)
class Coco(Reader):
    """Read the photos of both parts, in the order of their files; those without any object too.

    Args:
        year: of the release, 2014 or 2017.
        captions: tags are the nouns of the captions instead of the marked categories.
    """

    year: int
    captions: bool = False

    @property
    def archives(self) -> tuple[str, ...]:
        return tuple(f"{part}{self.year}.zip" for part in PARTS)

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict]:
        nouns = read_nouns(wordnet, "COCO") if self.captions else None
        archive = source / f"annotations_trainval{self.year}.zip"
        for part, split in PARTS.items():
            instances = f"instances_{part}{self.year}.json"
            objects = _read_objects(archive, instances)
            captions = _read_captions(archive, f"captions_{part}{self.year}.json")
            for photo_id, row in _read_photos(archive, instances):
                texts = captions.get(photo_id, [])
                tags = objects.get(photo_id, [])
                if nouns is not None:
                    tags = [noun for text in texts for noun in find_nouns(text, nouns)]
                row |= {"tags": list(dict.fromkeys(tags)), "description": "\n".join(texts) or None}
                yield row | {"split": split, "file": f"{part}{self.year}/{row['file']}"}


def _read_photos(archive: Path, name: str) -> Iterator[tuple[int, dict]]:
    licences = {
        get_field(one, "id", int, name): one for one in read_records(archive, name, "licenses.item")
    }
    for record in show_progress(read_records(archive, name, "images.item"), "reading photos"):
        licence = licences.get(_get_optional(record, "license", int), {})
        photo_id = get_field(record, "id", int, name)
        row = {
            "photo_id": str(photo_id),
            "taken_at": _get_optional(record, "date_captured"),
            "licence": _get_optional(licence, "name"),
            "licence_url": _get_optional(licence, "url"),
            "photo_url": _get_optional(record, "flickr_url"),
            "file": get_field(record, "file_name", str, name),
        }
        yield photo_id, row


def _get_optional(record: dict, name: str, kind: type = str) -> object:
    """The value of a key; None where it is missing or of another kind."""
    value = record.get(name)
    return value if isinstance(value, kind) else None


def _read_objects(archive: Path, name: str) -> dict[int, list[str]]:
    """The names of the categories of each photo, in the order of its marks."""
    names = {
        get_field(one, "id", int, name): get_field(one, "name", str, name)
        for one in read_records(archive, name, "categories.item")
    }
    objects: dict[int, list[str]] = {}
    for mark in show_progress(read_records(archive, name, "annotations.item"), "reading objects"):
        category = get_field(mark, "category_id", int, name)
        if category not in names:
            raise CorpusError(f"{name} marks an object of the unknown category {category}")
        objects.setdefault(get_field(mark, "image_id", int, name), []).append(names[category])
    return objects


def _read_captions(archive: Path, name: str) -> dict[int, list[str]]:
    captions: dict[int, list[str]] = {}
    records = read_records(archive, name, "annotations.item")
    for record in show_progress(records, "reading captions"):
        caption = " ".join(get_field(record, "caption", str, name).split())
        captions.setdefault(get_field(record, "image_id", int, name), []).append(caption)
    return captions
