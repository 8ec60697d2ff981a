"""Train the tagger in the box: one head on several corpora, calibrated, in an exported folder."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from phototags.box.corpora import CorpusFiles, count_tags, encode_photos, read_photos
from phototags.box.cross_fit import cross_fit, measure_auc, start_tables
from phototags.box.masked_logistic import KnownWords, fit_masked
from phototags.box.size_invariance import find_directions, remove_directions
from phototags.box.words import choose_words, count_words, list_words
from phototags.evaluation.fit_probabilities import choose_cuts, fit_shrunk
from phototags.evaluation.probabilities import Probabilities, sigmoid, write_probabilities
from phototags.evaluation.test_photos import TRAINING_PARTS, photos_in_parts
from phototags.export.export_tagger import write_exported_vocabulary
from phototags.features.feature_cache import Features, read_features
from phototags.params.box import Box, SizeInvariance
from phototags.systems.logistic import Logistic
from phototags.systems.tagger import CALIBRATION, save
from phototags.tags.vocabulary import TagVocabulary
from phototags.tags.wordnet import WordNet

log = logging.getLogger(__name__)


class TrainedBox(NamedTuple):
    """A head over one vocabulary, and what was left out to judge it.

    Args:
        words: (T,) most photos first. vectors: (T, n). bias: (T,).
        l2: the penalty chosen. parts: the training photos.
        scores: (N, W) for each part, by heads that did not learn from the photo.
    """

    words: list[str]
    vectors: Tensor
    bias: Tensor
    l2: float
    parts: list[KnownWords]
    scores: list[Tensor]


def train_box(
    folder: Path | str,
    corpora: Mapping[str, CorpusFiles],
    wordnet: WordNet,
    settings: Box,
    backbone: str,
    blacklist: str | None,
    resized: Features | None = None,
) -> None:
    """Train on the training and validation photos of corpora and write the tagger's folder.

    Args:
        corpora: files of each corpus by name.
        backbone: of the features.
        blacklist: regular expression of whole tags that are no words.
        resized: features of the photos that `settings.size_invariance` asks for.
    """
    photos = {name: read_photos(files, TRAINING_PARTS) for name, files in corpora.items()}
    counts = {name: count_tags(one) for name, one in photos.items()}
    names = choose_words(counts, wordnet, settings.min_photos, blacklist)
    known = count_words(counts, names)
    words = list_words(known)
    parts = [encode_photos(one, names, words, known[name]) for name, one in photos.items()]
    if resized is not None:
        parts = remove_size_directions(parts, corpora, settings.size_invariance, resized)
    box = fit_box(words, parts, settings)
    names = {tag: word for tag, word in names.items() if word in set(box.words)}
    config = {
        "system": {"model": "logistic", "scaling": "length", "l2": [box.l2]},
        "backbone": backbone,
        "train": "+".join(corpora),
        "seed": 0,
        "features": box.vectors.shape[1],
        "tags": len(box.words),
        "min_photos": settings.min_photos,
        "photos": {name: len(one.tags) for name, one in photos.items()},
        "size_invariance": settings.size_invariance and settings.size_invariance.model_dump(),
    }
    write_box(Path(folder), box, config, names)


def remove_size_directions(
    parts: list[KnownWords],
    corpora: Mapping[str, CorpusFiles],
    settings: SizeInvariance,
    resized: Features,
) -> list[KnownWords]:
    """Remove the directions of a photo's size, found on training photos, from all features.

    Vectors that start at zero and learn from the rest have no part along these directions, so the
    tagger needs not remove them.
    """
    files = corpora[settings.corpus]
    rows = photos_in_parts(files.tags, files.split, TRAINING_PARTS)["row"]
    photos = read_features(files.features)
    directions = find_directions(photos, resized, rows, settings.directions)
    return [part._replace(inputs=remove_directions(part.inputs, directions)) for part in parts]


def fit_box(words: list[str], parts: list[KnownWords], settings: Box) -> TrainedBox:
    """Choose the penalty and the words on photos left out, then fit on all photos."""
    l2, scores = cross_fit(parts, len(words), settings.l2, settings.folds)
    auc = measure_auc(parts, scores, len(words), settings.folds)
    learned = torch.from_numpy(np.flatnonzero(np.nan_to_num(auc) >= settings.min_auc))
    kept = set(learned.tolist())
    log.info("%d of %d words have an AUC of %g", len(kept), len(words), settings.min_auc)
    log.info("left out: %s", ", ".join(w for one, w in enumerate(words) if one not in kept))
    scores = [
        one[:, torch.isin(part.words, learned)] for one, part in zip(scores, parts, strict=True)
    ]
    parts = [part.select_words(learned) for part in parts]
    vectors, bias = fit_masked(parts, l2, start_tables(parts, len(kept)))
    order = count_photos(parts, len(kept)).argsort(descending=True, stable=True)
    rank = order.argsort()
    return TrainedBox(
        [words[learned[one]] for one in order],
        vectors[order],
        bias[order],
        l2,
        [part._replace(words=rank[part.words]) for part in parts],
        scores,
    )


def write_box(folder: Path, box: TrainedBox, config: dict, names: Mapping[str, str]) -> None:
    """Write weights (float16), config, vocabulary and calibration.

    Args:
        names: the word of each tag.
    """
    tagger = Logistic.model_validate(config["system"]).make_tagger(box.vectors, box.bias)
    save(tagger.half(), config, folder)
    photos = count_photos(box.parts, len(box.words)).int().tolist()
    aliases = [[tag for tag, name in names.items() if name == word != tag] for word in box.words]
    vocabulary = TagVocabulary(box.words, photos, [0] * len(photos))
    write_exported_vocabulary(folder / "vocabulary.tsv", vocabulary, aliases, photos)
    write_probabilities(folder / CALIBRATION, calibrate(box))


def count_photos(parts: list[KnownWords], n_words: int) -> Tensor:
    """(T,) float, photos that have each word."""
    photos = torch.zeros(n_words)
    for part in parts:
        photos[part.words] += part.targets.sum(0)
    return photos


def calibrate(box: TrainedBox) -> Probabilities:
    """Platt scaling, one for all words: their regressions were fitted to probabilities already.

    Fitted on the pairs of photo and word that are known. So are the cuts for a precision, to which
    each corpus counts alike, by its tags.
    """
    scores = torch.cat([one.flatten() for one in box.scores]).double().numpy()[:, None]
    relevant = torch.cat([part.targets.flatten() for part in box.parts]).bool().numpy()[:, None]
    (offset,), (slope,) = fit_shrunk(scores, relevant, np.ones_like(scores), np.inf)
    alike = [torch.full_like(part.targets, 1 / float(part.targets.sum())) for part in box.parts]
    weights = torch.cat([one.flatten() for one in alike]).double().numpy()[:, None]
    cuts = choose_cuts(sigmoid(offset + slope * scores), weights)
    photos, words = sum(len(part.inputs) for part in box.parts), np.ones(len(box.words))
    log.info("calibrated on %d photos: slope %.3f, offset %.3f", photos, slope, offset)
    return Probabilities(offset * words, slope * words, cuts, np.inf, photos)
