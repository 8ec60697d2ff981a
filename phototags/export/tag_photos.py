"""Tag picture files with an exported tagger."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import ModelError, PhotoError
from phototags.evaluation.probabilities import Probabilities, read_probabilities
from phototags.export.naming import Naming, make_naming
from phototags.features.backbones import Backbone, JoinedBackbone, Precision, load_backbone
from phototags.features.embed_photos import embed_photos
from phototags.features.published_weights import refuse_downloads
from phototags.photos.decoding import decode
from phototags.photos.picture_files import MAX_BYTES, MAX_PIXELS
from phototags.systems.tagger import CALIBRATION, Tagger, load, own_backbone, read_config
from phototags.tags.vocabulary import TagVocabulary, read_vocabulary
from phototags.tags.word_choices import NO_CHOICES, WordChoices

OVERSAMPLING = 2
"""Pixels of a decoded photo for one that the backbone sees, at least: large JPEGs need no more."""


@dataclass(frozen=True, eq=False)
class ExportedTagger:
    """A tagger with its vocabulary and backbone.

    Args:
        calibration: what turns scores into probabilities; None where it was never fitted.
        lowest: probability below which no tag is given.
        naming: a person's choices about its words; None where there are none.
    """

    tagger: Tagger
    vocabulary: TagVocabulary
    backbone: Backbone | JoinedBackbone
    calibration: Probabilities | None = None
    lowest: float = 0.0
    naming: Naming | None = None

    @property
    def names(self) -> list[str]:
        """(V,) what its tags are called."""
        return self.naming.names if self.naming else self.vocabulary.tags

    def name_tags(self, values: NDArray, features: Tensor) -> NDArray:
        """Values (n, T) of tags, for photos' features (n, F), to (n, V) of `names`."""
        return self.naming.apply(values, features.numpy()) if self.naming else values


@dataclass(frozen=True)
class PhotoTags:
    """The best tags of one picture, or why there are none.

    Args:
        tags: (tag, probability), or (tag, score) of a tagger without calibration; best first.
    """

    photo: str
    tags: tuple[tuple[str, float], ...] = ()
    error: PhotoError | None = None


def load_exported(
    folder: Path | str,
    above: float | None = None,
    precision: float | None = None,
    computed_in: Precision = "auto",
    choices: WordChoices = NO_CHOICES,
) -> ExportedTagger:
    """Load the tagger from a folder that `export_tagger` wrote.

    Args:
        above: give a tag only if its probability is at least this, in [0, 1].
        precision: give as many tags as keep an expected precision of this, in (0, 1).
        computed_in: the number type of the backbone, as `load_backbone` takes it.
        choices: a person's, about its words.

    Raises:
        ModelError: when a file is missing or damaged, or does not fit the others; when `above` or
            `precision` is asked of a tagger that was never calibrated, or added words of one
            without calibration or zero-shot model.
        VocabularyError: the same of vocabulary.tsv.
    """
    folder = Path(folder)
    config, tagger = read_config(folder, ("backbone", "features", "tags")), load(folder)
    vocabulary = read_vocabulary(folder / "vocabulary.tsv")
    if len(vocabulary) != config["tags"]:
        raise ModelError(
            f"{folder}/config.json has {config['tags']} tags, but vocabulary.tsv lists "
            f"{len(vocabulary)}: they belong to two taggers. Export it again with `make results`."
        )
    check_scores(tagger, config["features"], config["tags"], folder)
    path = folder / CALIBRATION
    calibration = read_probabilities(path, len(vocabulary)) if path.exists() else None
    lowest = choose_lowest(calibration, path, above, precision)
    naming = make_naming(vocabulary.tags, choices, folder, bool(calibration))
    with refuse_downloads():
        backbone = load_backbone(config["backbone"], own_backbone(folder), precision=computed_in)
    width = getattr(backbone, "width", config["features"])
    if width != config["features"]:
        raise ModelError(
            f"{folder}/config.json has {config['features']} features, but {config['backbone']} "
            f"gives {width}: they belong to two taggers. Export it again with `make results`."
        )
    return ExportedTagger(tagger, vocabulary, backbone, calibration, lowest, naming)


def check_scores(tagger: Tagger, features: int, tags: int, folder: Path) -> None:
    """Score a photo without features: a ModelError unless that gives each tag a finite number."""
    try:
        with torch.inference_mode():
            scores = tagger.scores(torch.zeros(1, features))
        if scores.shape != (1, tags) or not scores.isfinite().all():
            raise ValueError(f"scores of the shape {tuple(scores.shape)}, or not finite")
    except (RuntimeError, LookupError, TypeError, ValueError) as error:
        raise ModelError(
            f"the tagger of {folder} should score {features} features for {tags} tags, but: "
            f"{error}. Export it again with `make results`."
        ) from error


def choose_lowest(
    calibration: Probabilities | None, path: Path, above: float | None, precision: float | None
) -> float:
    """The probability below which no tag is given: as asked, for a precision, or 0.

    Raises:
        ModelError: when one is asked for and there is no calibration, which would lie in `path`.
    """
    if above is None and precision is None:
        return 0.0
    if calibration is None:
        raise ModelError(
            f"expected a calibration, fitted on validation photos, in {path}, found none: no "
            "validation photo had a known tag when the tagger was exported, or phototags 0.1 "
            "exported it. Export it again with `make results`, or use --top alone."
        )
    return calibration.cut(precision) if above is None else above


def tag_photos(
    exported: ExportedTagger,
    photos: Iterable[str],
    top: int,
    max_pixels: int = MAX_PIXELS,
    max_bytes: int = MAX_BYTES,
    ignored: Counter[str] | None = None,
) -> Iterator[PhotoTags]:
    """Tag pictures one by one; a picture that cannot be read yields its error.

    Args:
        photos: paths of picture files.
        top: tags per picture, at most.
        max_pixels, max_bytes, ignored: as `decode` takes them.
    """
    for photo in photos:
        try:
            picture = open_photo(photo, exported.backbone, max_pixels, max_bytes, ignored)
        except PhotoError as error:
            yield PhotoTags(photo, error=error)
            continue
        yield PhotoTags(photo, tag_pictures(exported, [picture], top)[0])


def tag_pictures(
    exported: ExportedTagger, pictures: list[Tensor], top: int
) -> list[tuple[tuple[str, float], ...]]:
    """Tag decoded pictures in one batch.

    Args:
        pictures: (3, H, W) uint8 each.

    Returns:
        of each picture, its `PhotoTags.tags`.

    Raises:
        ModelError: when the tagger's numbers are not finite.
    """
    with torch.inference_mode():
        features = embed_photos(exported.backbone, pictures)
        scores = exported.tagger.scores(features)  # (B, T)
    values = scores.numpy()
    if exported.calibration:
        values = exported.calibration.probabilities(values)
    if not np.isfinite(values).all():
        raise ModelError(
            "the tagger should give each tag a finite number, but gives NaN or infinity: its "
            "weights are damaged. Export it again with `make results`."
        )
    values, names = exported.name_tags(values, features), exported.names
    return [
        tuple(
            (names[tag], float(of[tag]))
            for tag in np.argsort(-of, kind="stable")[:top]
            if not exported.calibration or of[tag] >= exported.lowest
        )
        for of in values
    ]


def open_photo(
    photo: str,
    backbone: Backbone | JoinedBackbone,
    max_pixels: int = MAX_PIXELS,
    max_bytes: int = MAX_BYTES,
    ignored: Counter[str] | None = None,
) -> Tensor:
    """Read and decode a picture file, a large JPEG reduced to what the backbone needs.

    Args:
        max_pixels, max_bytes, ignored: as `decode` takes them.

    Returns:
        (3, H, W) uint8.

    Raises:
        PhotoError: as `read_photo` and `decode`.
    """
    return decode_photo(read_photo(photo, max_bytes), backbone, max_pixels, max_bytes, ignored)


def decode_photo(
    content: bytes,
    backbone: Backbone | JoinedBackbone,
    max_pixels: int = MAX_PIXELS,
    max_bytes: int = MAX_BYTES,
    ignored: Counter[str] | None = None,
) -> Tensor:
    """Decode the bytes of a picture file as `open_photo` does."""
    min_side = OVERSAMPLING * max(part.size for part in backbone.parts)
    return decode(content, max_pixels, max_bytes, min_side, ignored)


def read_photo(photo: str, max_bytes: int) -> bytes:
    """Read a picture file, up to one byte more than allowed.

    Raises:
        PhotoError: `not_a_file` for a web address, `unreadable` for what cannot be opened.
    """
    if photo.startswith(("http://", "https://")):
        raise PhotoError("not_a_file", "addresses are not fetched: download the picture first")
    try:
        with open(photo, "rb") as file:
            return file.read(max_bytes + 1)
    except OSError as error:
        raise PhotoError("unreadable", (error.strerror or str(error)).lower()) from error
