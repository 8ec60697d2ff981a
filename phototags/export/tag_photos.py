"""Tag picture files with an exported tagger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from phototags.errors import ModelError, PhotoError
from phototags.features.backbones import Backbone, JoinedBackbone, load_backbone
from phototags.features.embed_photos import embed_photos
from phototags.photos.decoding import decode
from phototags.systems.tagger import Tagger, load, own_backbone, read_config
from phototags.tags.vocabulary import TagVocabulary, read_thresholds, read_vocabulary

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
MAX_PIXELS, MAX_BYTES = 30_000_000, 50_000_000  # as in params.yaml of the default run


@dataclass(frozen=True, eq=False)
class ExportedTagger:
    """A tagger with its vocabulary and backbone.

    Args:
        thresholds: (T,) float32, the lowest score at which each tag is given.
    """

    tagger: Tagger
    vocabulary: TagVocabulary
    backbone: Backbone | JoinedBackbone
    thresholds: torch.Tensor


@dataclass(frozen=True)
class PhotoTags:
    """The best tags of one picture with their scores, best first, or why there are none."""

    photo: str
    tags: tuple[tuple[str, float], ...] = ()
    error: PhotoError | None = None


def load_exported(folder: Path | str, above_threshold: bool = False) -> ExportedTagger:
    """Load the tagger from a folder that `export_tagger` wrote.

    Args:
        above_threshold: give a tag only if it scores at least its threshold, which has the best F1
            on validation photos; a tag without a threshold is then never given.

    Raises:
        ModelError: when a file is missing or damaged, or does not fit the others.
        VocabularyError: the same of vocabulary.tsv.
    """
    config, tagger = read_config(folder), load(folder)
    vocabulary = read_vocabulary(Path(folder) / "vocabulary.tsv")
    if len(vocabulary) != config["tags"]:
        raise ModelError(
            f"{folder}/config.json has {config['tags']} tags, but vocabulary.tsv lists "
            f"{len(vocabulary)}: they belong to two taggers. Export it again with `make results`."
        )
    thresholds = torch.full((len(vocabulary),), -torch.inf)
    if above_threshold:
        chosen = read_thresholds(vocabulary.path)
        thresholds = torch.tensor([torch.inf if one is None else one for one in chosen])
    backbone = load_backbone(config["backbone"], own_backbone(folder))
    return ExportedTagger(tagger, vocabulary, backbone, thresholds)


def tag_photos(exported: ExportedTagger, photos: Iterable[str], top: int) -> Iterator[PhotoTags]:
    """Tag pictures one by one; a picture that cannot be read yields its error.

    Args:
        photos: paths of picture files.
        top: tags per picture, at most.
    """
    for photo in photos:
        try:
            picture = decode(read_photo(photo), MAX_PIXELS, MAX_BYTES)
        except PhotoError as error:
            yield PhotoTags(photo, error=error)
            continue
        with torch.inference_mode():
            scores = exported.tagger.scores(embed_photos(exported.backbone, [picture]))[0]  # (T,)
        order = scores.argsort(descending=True, stable=True)
        best = order[(scores >= exported.thresholds)[order]][:top]
        names = [exported.vocabulary.tags[tag] for tag in best]
        yield PhotoTags(photo, tuple(zip(names, scores[best].tolist(), strict=True)))


def read_photo(photo: str) -> bytes:
    """Read a picture file, up to one byte more than allowed.

    Raises:
        PhotoError: `not_a_file` for a web address, `unreadable` for what cannot be opened.
    """
    if photo.startswith(("http://", "https://")):
        raise PhotoError("not_a_file", "addresses are not fetched: download the picture first")
    try:
        with open(photo, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoError("unreadable", (error.strerror or str(error)).lower()) from error


def list_pictures(photos: Iterable[str]) -> list[str]:
    """The paths given, each folder replaced by the picture files below it, sorted."""
    found = []
    for photo in photos:
        if Path(photo).is_dir():
            inside = [path for path in Path(photo).rglob("*") if path.suffix.lower() in SUFFIXES]
            found += sorted(str(path) for path in inside if path.is_file()) or [photo]
        else:
            found.append(photo)
    return found
