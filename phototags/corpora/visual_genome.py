"""Visual Genome: 108,077 photos, with objects that annotators named in free text.

Krishna et al., Visual Genome, IJCV 123, 2017. Of `objects.json` an object's names or synsets, of
`attributes.json` its attributes, of `region_descriptions.json` a description. There is no
official split: a fifth of the photos, by a hash of the id, are test photos in every run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phototags.corpora.formats.json_records import get_field, read_records
from phototags.corpora.reader import Reader, drop_photo
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.io.texts import decode_text
from phototags.photos.photo_table import Drop
from phototags.tags.split import hash_to_unit

TEST = 0.2  # share of the photos
MAX_TEXT = 10_000_000  # bytes of a word list; the longest has 40,000
LICENCE = {
    "licence": "CC BY 4.0",
    "licence_url": "https://creativecommons.org/licenses/by/4.0/",
}
Kind = Literal["names", "synsets", "attributes"]


@dataclass(frozen=True)
class VisualGenome(Reader):
    """Read every photo of image_data.json, in its order.

    Args:
        kind: what a tag is: an object's name, the word of its synset, or its attribute.
        vocabulary: the file of the words to keep, after synonyms are merged by object_alias.txt.
    """

    archives = ("images.zip", "images2.zip")
    kind: Kind = "names"
    vocabulary: str | None = None

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        words = _read_words(source / self.vocabulary) if self.vocabulary else None
        alias = _read_words(source / "object_alias.txt") if self.vocabulary else {}
        tags, regions, seen = _read_tags(source, self.kind), _read_regions(source), set()
        for record in _read_json(source, "image_data", "reading photos"):
            photo_id = str(get_field(record, "image_id", int, "image_data.json"))
            if photo_id in seen:
                yield drop_photo(photo_id, "duplicate_id", "listed before")
                continue
            seen.add(photo_id)
            named = tags.get(photo_id, [])
            if words is not None:
                named = [words[name] for one in named if (name := alias.get(one, one)) in words]
            url = get_field(record, "url", str, "image_data.json")
            yield {
                "photo_id": photo_id,
                "tags": list(dict.fromkeys(named)),
                "description": regions.get(photo_id),
                "photo_url": url,
                "split": "test" if hash_to_unit(0, photo_id) < TEST else "train",
                "file": "/".join(f"/{url}".split("/")[-2:]),
                **LICENCE,
            }


def _read_json(source: Path, name: str, label: str) -> Iterator[dict]:
    records = read_records(source / f"{name}.json.zip", f"{name}.json", "item")
    return show_progress(records, label)


def _read_tags(source: Path, kind: Kind) -> dict[str, list[str]]:
    """The tags of each photo as written, in the order of its objects."""
    name = "attributes" if kind == "attributes" else "objects"
    return {
        _get_photo_id(record, name): [
            word
            for thing in get_field(record, name, list, f"{name}.json")
            for word in _get_words(thing, kind)
        ]
        for record in _read_json(source, name, name)
    }


def _get_words(thing: dict, kind: Kind) -> list[str]:
    """The words of an object; a synset `traffic_light.n.01` has `traffic light`.

    >>> _get_words({"names": ["Clock "], "synsets": ["clock.n.01"]}, "synsets")
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


def _read_regions(source: Path) -> dict[str, str]:
    """The descriptions of each photo's regions, one after another."""
    name = "region_descriptions"
    return {
        _get_photo_id(record, "regions"): "; ".join(
            dict.fromkeys(
                get_field(region, "phrase", str, f"{name}.json").strip()
                for region in get_field(record, "regions", list, f"{name}.json")
            )
        )
        for record in _read_json(source, name, "regions")
    }


def _get_photo_id(record: dict, inside: str) -> str:
    """The id of a record's photo; `regions` and old releases call it `id`."""
    name = "image_id" if "image_id" in record else "id"
    return str(get_field(record, name, int, f"Visual Genome's {inside}"))


def _read_words(path: Path) -> dict[str, str]:
    """Map each word to its canonical form: the first of its comma-separated line."""
    content = decode_text(path.read_bytes()[:MAX_TEXT], str(path))
    lines = [[word.strip().lower() for word in line.split(",")] for line in content.splitlines()]
    return {word: line[0] for line in reversed(lines) if line[0] for word in line}
