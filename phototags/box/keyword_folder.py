"""Photos of folders with their owner's keywords and a backbone's features."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from phototags.box.learn_keywords import KeywordPhotos
from phototags.errors import PhotoError, PhototagsError
from phototags.export.tag_photos import ExportedTagger, open_photo, read_photo
from phototags.features.embed_photos import embed_photos
from phototags.io.storage import read_tensors, write_tensors
from phototags.keywords.hierarchies import Levels
from phototags.keywords.own_metadata import OwnMetadata, read_keywords
from phototags.photos.picture_files import MAX_BYTES

BATCH = 32


def read_folder(
    photos: Iterable[str],
    exported: ExportedTagger,
    levels: Levels,
    cache: Path,
    backbone: str,
    verdicts: Mapping[str, Mapping[str, bool]] = MappingProxyType({}),
    find_features: Callable[[str], Tensor | None] = lambda _: None,
) -> tuple[KeywordPhotos, Counter[str]]:
    """Read the keywords of photos and embed those that have some, or tags that were judged.

    Photos of one day are a group, and those without a date in one folder. Equal files are one.

    Args:
        verdicts: whether a person accepted or refused tags, by the photos' sha256.
        find_features: those that an index keeps of a photo, by its sha256; None where it has none.
        cache: file of features by the photos' sha256, which is read and written anew.
        backbone: the name of the exported tagger's.

    Returns:
        the photos, and how many others there are, by reason.
    """
    known, found, left_out = read_cache(cache, backbone), {}, Counter()
    for photo in photos:
        try:
            content = read_photo(photo, MAX_BYTES)
        except PhotoError as error:
            left_out[error.reason] += 1
            continue
        own, key = read_keywords(photo, content), hashlib.sha256(content).hexdigest()
        if not own.keywords and not verdicts.get(key):
            left_out["without keywords"] += 1
        elif key in found:
            left_out["copies"] += 1
        else:
            found[key] = photo, read_keywords(photo, content, levels=levels)
    indexed = {key: find_features(key) for key in found if key not in known}
    known |= {key: features for key, features in indexed.items() if features is not None}
    missing = {key: photo for key, (photo, _) in found.items() if key not in known}
    for key, features in _embed(missing, exported, left_out):
        known[key] = features
        if len(known) % (8 * BATCH) == 0:
            write_cache(cache, known, backbone)
    write_cache(cache, known, backbone)
    used = {key: value for key, value in found.items() if key in known}
    groups = [_name_group(Path(photo), own) for photo, own in used.values()]
    features = torch.stack([known[key] for key in used]) if used else torch.zeros(0, 1)
    keywords = [own.keywords for _, own in used.values()]
    groups = np.unique(groups, return_inverse=True)[1]
    return KeywordPhotos(
        features, keywords, groups, [verdicts.get(key, {}) for key in used]
    ), left_out


def _name_group(photo: Path, own: OwnMetadata) -> str:
    return own.taken.date().isoformat() if own.taken else str(photo.parent)


def _embed(
    photos: dict[str, str], exported: ExportedTagger, left_out: Counter[str]
) -> Iterator[tuple[str, Tensor]]:
    keys = iter(photos)
    while batch := list(islice(keys, BATCH)):
        opened = {}
        for key in batch:
            try:
                opened[key] = open_photo(photos[key], exported.backbone)
            except PhotoError as error:
                left_out[error.reason] += 1
        with torch.inference_mode():
            yield from zip(opened, embed_photos(exported.backbone, opened.values()), strict=True)


def read_cache(path: Path, backbone: str) -> dict[str, Tensor]:
    """Features by the photos' sha256; none where the file is missing or of another backbone."""
    try:
        tensors, about = read_tensors(path)
        if about["backbone"] != backbone:
            return {}
        return dict(zip(about["photos"], tensors["features"], strict=True))
    except (PhototagsError, LookupError, TypeError, ValueError):
        return {}


def write_cache(path: Path, features: dict[str, Tensor], backbone: str) -> None:
    """Write what `read_cache` reads."""
    if features:
        about = {"backbone": backbone, "photos": list(features)}
        write_tensors(path, {"features": torch.stack(list(features.values()))}, about)
