"""Use an exported tagger: pictures in files, tags out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from phototags.errors import ModelError, PhotoError
from phototags.features.backbones import Backbone, Joined, load_backbone
from phototags.features.embedding import embed_pictures
from phototags.photos.pictures import decode
from phototags.taggers.tagger import Tagger, load, own_backbone, read_config
from phototags.tags.vocabulary import TagVocabulary, read_vocabulary

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
MAX_PIXELS, MAX_BYTES = 30_000_000, 50_000_000  # the default run's caps


@dataclass(frozen=True, eq=False)
class Exported:
    """A tagger and all that it needs to look at a picture."""

    tagger: Tagger
    vocabulary: TagVocabulary
    backbone: Backbone | Joined


@dataclass(frozen=True)
class Tagged:
    """One picture: its first tags with their scores, best first, or why there are none."""

    photo: str
    tags: tuple[tuple[str, float], ...] = ()
    error: PhotoError | None = None


def read_exported(folder: Path | str) -> Exported:
    """The tagger in a folder that `export_tagger` wrote.

    Raises:
        ModelError: when a file is missing, damaged or does not fit the others.
    """
    config = read_config(folder)
    tagger = load(folder)
    vocabulary = read_vocabulary(Path(folder) / "vocabulary.tsv")
    if len(vocabulary) != config["tags"]:
        raise ModelError(
            f"{folder}/config.json speaks of {config['tags']} tags, vocabulary.tsv lists "
            f"{len(vocabulary)}: not the same tagger's. Export it again with `make results`."
        )
    return Exported(tagger, vocabulary, load_backbone(config["backbone"], own_backbone(folder)))


def tag_photos(exported: Exported, photos: Iterable[str], top: int) -> Iterator[Tagged]:
    """Tag pictures one after the other; one that can't be read is told and stops nothing.

    Args:
        photos: paths of picture files.
        top: tags a picture.
    """
    for photo in photos:
        try:
            picture = decode(read_photo(photo), MAX_PIXELS, MAX_BYTES)
        except PhotoError as error:
            yield Tagged(photo, error=error)
            continue
        with torch.inference_mode():
            scores = exported.tagger.scores(embed_pictures(exported.backbone, [picture]))[0]  # (T,)
        best = scores.sort(descending=True, stable=True)
        pairs = zip(best.indices[:top].tolist(), best.values[:top].tolist(), strict=True)
        yield Tagged(photo, tuple((exported.vocabulary.tags[tag], score) for tag, score in pairs))


def read_photo(photo: str) -> bytes:
    """The bytes of a picture file, a few more than allowed at most.

    Raises:
        PhotoError: `not_a_file` for an address, `unreadable` for what can't be opened.
    """
    if photo.startswith(("http://", "https://")):
        raise PhotoError("not_a_file", "addresses are not fetched: download the picture first")
    try:
        with open(photo, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoError("unreadable", (error.strerror or str(error)).lower()) from error


def pictures_in(photos: Iterable[str]) -> list[str]:
    """The paths given, a folder replaced by the picture files in it and below, sorted."""
    found = []
    for photo in photos:
        if Path(photo).is_dir():
            inside = [path for path in Path(photo).rglob("*") if path.suffix.lower() in SUFFIXES]
            found += sorted(str(path) for path in inside if path.is_file()) or [photo]
        else:
            found.append(photo)
    return found
