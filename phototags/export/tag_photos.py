"""Use an exported tagger: pictures in files, tags out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from phototags.errors import ModelError, PhotoError
from phototags.features.backbones import Backbone, Joined, load_backbone
from phototags.features.embed_photos import embed_pictures
from phototags.photos.decoding import decode
from phototags.systems.tagger import Tagger, load, own_backbone, read_config
from phototags.tags.vocabulary import TagVocabulary, read_thresholds, read_vocabulary

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
MAX_PIXELS, MAX_BYTES = 30_000_000, 50_000_000  # the default run's caps


@dataclass(frozen=True, eq=False)
class Exported:
    """A tagger and all that it needs to look at a picture.

    Args:
        least: (T,) float32, the score that a tag needs to be among a picture's tags.
    """

    tagger: Tagger
    vocabulary: TagVocabulary
    backbone: Backbone | Joined
    least: torch.Tensor


@dataclass(frozen=True)
class Tagged:
    """One picture: its first tags with their scores, best first, or why there are none."""

    photo: str
    tags: tuple[tuple[str, float], ...] = ()
    error: PhotoError | None = None


def read_exported(folder: Path | str, believed: bool = False) -> Exported:
    """The tagger in a folder that `export_tagger` wrote.

    Args:
        believed: say a tag only from its threshold on, which had the best F1 on validation
            photos; a tag that no validation photo had is then never said.

    Raises:
        ModelError: when a file is missing, damaged or does not fit the others.
        VocabularyError: the same of vocabulary.tsv.
    """
    config = read_config(folder)
    tagger = load(folder)
    vocabulary = read_vocabulary(Path(folder) / "vocabulary.tsv")
    if len(vocabulary) != config["tags"]:
        raise ModelError(
            f"{folder}/config.json speaks of {config['tags']} tags, vocabulary.tsv lists "
            f"{len(vocabulary)}: not the same tagger's. Export it again with `make results`."
        )
    least = torch.full((len(vocabulary),), -torch.inf)
    if believed:
        chosen = read_thresholds(vocabulary.path)
        least = torch.tensor([torch.inf if one is None else one for one in chosen])
    backbone = load_backbone(config["backbone"], own_backbone(folder))
    return Exported(tagger, vocabulary, backbone, least)


def tag_photos(exported: Exported, photos: Iterable[str], top: int) -> Iterator[Tagged]:
    """Tag pictures one after the other; one that can't be read is told and stops nothing.

    Args:
        photos: paths of picture files.
        top: tags a picture, at most.
    """
    for photo in photos:
        try:
            picture = decode(read_photo(photo), MAX_PIXELS, MAX_BYTES)
        except PhotoError as error:
            yield Tagged(photo, error=error)
            continue
        with torch.inference_mode():
            scores = exported.tagger.scores(embed_pictures(exported.backbone, [picture]))[0]  # (T,)
        order = scores.argsort(descending=True, stable=True)
        said = order[(scores >= exported.least)[order]][:top]
        pairs = zip(said.tolist(), scores[said].tolist(), strict=True)
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
