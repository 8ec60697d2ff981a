"""Learn a tagger from people's own keywords, on the features of a backbone that is there.

One logistic regression a keyword, its penalty and calibration by scores of photos left out.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.box.cross_fit import measure_loss, score_words, start_tables
from phototags.box.masked_logistic import KnownWords, fit_masked
from phototags.errors import CorpusError
from phototags.evaluation.fit_probabilities import fit_probabilities, split_users
from phototags.evaluation.probabilities import Probabilities, write_probabilities
from phototags.export.export_tagger import write_exported_vocabulary
from phototags.systems.logistic import Logistic
from phototags.systems.tagger import CALIBRATION, save
from phototags.tags.spelling import clean
from phototags.tags.vocabulary import TagVocabulary

PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1)
"""Of the cross-entropy summed over photos; the box's is 100, and fewer photos want less."""
SYSTEM = {"model": "logistic", "scaling": "length", "l2": [1.0]}
log = logging.getLogger(__name__)


class KeywordPhotos(NamedTuple):
    """Photos with keywords.

    Args:
        features: (N, n) float. keywords: of each photo, as its owner wrote them.
        groups: (N,) int, photos taken together (of a day, or in a folder): never both learned
            from and judged.
    """

    features: Tensor
    keywords: Sequence[Sequence[str]]
    groups: NDArray[np.int64]


class LearnedKeywords(NamedTuple):
    """A head over keywords, and its scores of photos that it did not learn from.

    Args:
        tags: (T,) most photos first. written: how people write each.
        vectors: (T, n). bias: (T,). l2: the penalty chosen.
        relevant: (N, T) bool. scores: (N, T) float, of photos left out.
        calibration: None where no photo has a keyword or all have all.
    """

    tags: list[str]
    written: dict[str, str]
    vectors: Tensor
    bias: Tensor
    l2: float
    relevant: NDArray[np.bool_]
    scores: NDArray[np.float64]
    calibration: Probabilities | None


def choose_tags(
    keywords: Sequence[Sequence[str]], groups: NDArray[np.int64], min_photos: int
) -> dict[str, str]:
    """Choose the keywords to learn, and how each is written most often.

    Args:
        min_photos: photos that have it, at least; they are of two groups at least, and some
            photos lack it.

    Returns:
        spelling by tag, as `spelling.clean` spells it, most photos first.
    """
    photos, spellings, seen = Counter(), {}, {}
    for words, group in zip(keywords, groups, strict=True):
        cleaned = {clean(word).tag: word for word in words}
        for tag in cleaned.keys() - {""}:
            photos[tag] += 1
            spellings.setdefault(tag, Counter())[cleaned[tag]] += 1
            seen.setdefault(tag, set()).add(int(group))
    order = sorted(photos, key=lambda tag: (-photos[tag], tag))
    return {
        tag: min(spellings[tag], key=lambda word: (-spellings[tag][word], word))
        for tag in order
        if min_photos <= photos[tag] < len(keywords) and len(seen[tag]) > 1
    }


def learn_keywords(photos: KeywordPhotos, min_photos: int) -> LearnedKeywords:
    """Learn a head over the keywords of photos.

    Raises:
        CorpusError: when no keyword is on enough photos, or all photos are of one group.
    """
    written = choose_tags(photos.keywords, photos.groups, min_photos)
    folds = split_users(photos.groups)
    if not written or not folds:
        raise CorpusError(
            f"expected keywords on {min_photos} photos of two days or folders at least, found none "
            f"among {len(photos.keywords)} photos. Give photos keywords, or lower --min-photos."
        )
    ids = {tag: number for number, tag in enumerate(written)}
    targets = torch.zeros(len(photos.keywords), len(ids))
    for place, words in enumerate(photos.keywords):
        known = [ids[tag] for word in words if (tag := clean(word).tag) in ids]
        targets[place, known] = 1
    inputs = torch.nn.functional.normalize(photos.features.float(), dim=1)
    part = KnownWords(inputs, torch.arange(len(ids)), targets)
    l2, scores = cross_fit_groups(part, folds)
    vectors, bias = fit_masked([part], l2, start_tables([part], len(ids)))
    relevant = targets.numpy() > 0
    fitted = fit_probabilities(scores, relevant, photos.groups)
    return LearnedKeywords(list(ids), written, vectors, bias, l2, relevant, scores, fitted)


def cross_fit_groups(
    part: KnownWords, folds: Sequence[tuple[NDArray, NDArray]]
) -> tuple[float, NDArray[np.float64]]:
    """The penalty that suits photos left out best, and the (N, T) scores of these under it.

    Args:
        folds: places of photos to fit on and of those left out, which share no group.
    """
    n_words = len(part.words)
    scores = {l2: torch.zeros_like(part.targets) for l2 in PENALTIES}
    for rest, left_out in folds:
        learned, out = part.select(torch.from_numpy(rest)), torch.from_numpy(left_out)
        tables = start_tables([learned], n_words)
        for l2 in PENALTIES:  # each starts from the stronger one's optimum
            tables = fit_masked([learned], l2, tables)
            scores[l2][out] = score_words(part.select(out), tables)
    losses = {l2: measure_loss([part], [found]) for l2, found in scores.items()}
    for l2, loss in losses.items():
        log.info("L2 %g: cross-entropy on photos left out %.4f a photo", l2, loss)
    best = min(losses, key=losses.__getitem__)
    return best, scores[best].double().numpy()


def write_learned(folder: Path, learned: LearnedKeywords, backbone: str) -> None:
    """Write a tagger's folder: weights, config, vocabulary and calibration.

    Args:
        backbone: of the features.
    """
    system = SYSTEM | {"l2": [learned.l2]}
    tagger = Logistic.model_validate(system).make_tagger(learned.vectors, learned.bias)
    config = {
        "system": system,
        "backbone": backbone,
        "train": "keywords",
        "seed": 0,
        "features": learned.vectors.shape[1],
        "tags": len(learned.tags),
        "photos": len(learned.relevant),
        "written": {tag: word for tag, word in learned.written.items() if word != tag},
    }
    save(tagger, config, folder)
    counts = learned.relevant.sum(0).tolist()
    vocabulary = TagVocabulary(learned.tags, counts, [0] * len(counts))
    write_exported_vocabulary(folder / "vocabulary.tsv", vocabulary, [[] for _ in counts], counts)
    write_probabilities(folder / CALIBRATION, learned.calibration)
