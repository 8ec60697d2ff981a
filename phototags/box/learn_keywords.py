"""Learn a tagger from people's own keywords, on the features of a backbone that is there.

One logistic regression a keyword, its penalty and calibration by scores of photos left out. What a
person accepted or refused of a photo counts as a keyword that it has or lacks.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
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

PENALTIES = (30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)
"""Of the cross-entropy summed over photos, of features of length one; fewer photos want less."""
SYSTEM = {"model": "logistic", "scaling": "length", "l2": [1.0]}
log = logging.getLogger(__name__)


class KeywordPhotos(NamedTuple):
    """Photos with keywords.

    Args:
        features: (N, n) float. keywords: of each photo, as its owner wrote them.
        groups: (N,) int, photos taken together (of a day, or in a folder): never both learned
            from and judged.
        verdicts: of each photo, whether a person accepted or refused a tag; none where empty. A
            photo that has them and no keyword teaches nothing but these.
    """

    features: Tensor
    keywords: Sequence[Sequence[str]]
    groups: NDArray[np.int64]
    verdicts: Sequence[Mapping[str, bool]] = ()

    @property
    def whole(self) -> NDArray[np.int64]:
        """Places of the photos that know all keywords: those with keywords or without verdicts."""
        pairs = zip_longest(self.keywords, self.verdicts, fillvalue={})
        return np.flatnonzero([bool(words) or not judged for words, judged in pairs])

    def forget_verdicts(self) -> "KeywordPhotos":
        """The photos that know all keywords, without what was accepted or refused."""
        keywords = [self.keywords[place] for place in self.whole]
        return KeywordPhotos(self.features[self.whole], keywords, self.groups[self.whole])


class LearnedKeywords(NamedTuple):
    """A head over keywords, and its scores of photos that it did not learn from.

    Args:
        tags: (T,) most photos first. written: how people write each.
        vectors: (T, n). bias: (T,). l2: the penalty chosen.
        relevant: (N, T) bool, of photos that know all keywords.
        scores: (N, T) float, of photos left out.
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
    """Learn a head over the keywords of photos, and over what was accepted or refused of them.

    Raises:
        CorpusError: when no keyword is on enough photos, or all photos are of one group.
    """
    keywords, groups = apply_verdicts(photos), photos.groups
    written = choose_tags(keywords, groups, min_photos)
    whole = photos.whole
    folds = split_users(groups[whole])
    if not written or not folds:
        raise CorpusError(
            f"expected keywords on {min_photos} photos of two days or folders at least, found none "
            f"among {len(whole)} photos. Give photos keywords, or lower --min-photos."
        )
    inputs, basis = find_coordinates(torch.nn.functional.normalize(photos.features.float(), dim=1))
    parts = encode_parts(photos, inputs, keywords, list(written), whole)
    l2, scores = cross_fit_groups(parts, folds, groups[whole])
    learned = [part.photos for part in parts]
    vectors, bias = fit_masked(learned, l2, start_tables(learned, len(written)))
    relevant = learned[0].targets.numpy() > 0
    fitted = fit_probabilities(scores, relevant, groups[whole])
    vectors = vectors @ basis.T
    return LearnedKeywords(list(written), written, vectors, bias, l2, relevant, scores, fitted)


def find_coordinates(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """(N, r) coordinates of (N, n) inputs in an orthonormal basis of their span, and it, (n, r).

    A penalised regression has no part outside of that span (Kimeldorf & Wahba, 1971), so that few
    photos are fitted in r = min(N, n) dimensions with the same result.
    """
    basis = torch.linalg.qr(inputs.double().T).Q
    return (inputs.double() @ basis).float(), basis.float()


class LearnedPart(NamedTuple):
    """Photos that know the same keywords, and their groups, (N,) int."""

    photos: KnownWords
    groups: NDArray[np.int64]


def apply_verdicts(photos: KeywordPhotos) -> list[list[str]]:
    """The keywords of each photo, with those accepted and without those refused."""
    found = []
    for words, verdicts in zip_longest(photos.keywords, photos.verdicts, fillvalue={}):
        judged = {clean(tag).tag: (tag, accepted) for tag, accepted in verdicts.items()}
        kept = [word for word in words if judged.get(clean(word).tag, (word, True))[1]]
        has = {clean(word).tag for word in kept}
        found.append(kept + [tag for of, (tag, good) in judged.items() if good and of not in has])
    return found


def encode_parts(
    photos: KeywordPhotos,
    inputs: Tensor,
    keywords: Sequence[Sequence[str]],
    tags: list[str],
    whole: NDArray,
) -> list[LearnedPart]:
    """Photos with keywords, which know all T tags, then the others, a part for each judged tag.

    Args:
        inputs: (N, r), of `find_coordinates`. keywords: of `apply_verdicts`.
        whole: places of the photos with keywords.
    """
    ids = {tag: number for number, tag in enumerate(tags)}
    targets = torch.zeros(len(whole), len(ids))
    for row, place in enumerate(whole.tolist()):
        targets[row, [ids[of] for word in keywords[place] if (of := clean(word).tag) in ids]] = 1
    judged: dict[int, list[tuple[int, bool]]] = {}
    for place in sorted(set(range(len(photos.verdicts))) - set(whole.tolist())):
        for tag, accepted in photos.verdicts[place].items():
            if (of := clean(tag).tag) in ids:
                judged.setdefault(ids[of], []).append((place, accepted))
    parts = [LearnedPart(KnownWords(inputs[whole], torch.arange(len(ids)), targets),
                         photos.groups[whole])]  # fmt: skip
    for number, pairs in sorted(judged.items()):
        places, accepted = map(list, zip(*pairs, strict=True))
        known = KnownWords(
            inputs[places], torch.tensor([number]), torch.tensor([accepted]).float().T
        )
        parts.append(LearnedPart(known, photos.groups[places]))
    return parts


def cross_fit_groups(
    parts: Sequence[LearnedPart], folds: Sequence[tuple[NDArray, NDArray]], groups: NDArray
) -> tuple[float, NDArray[np.float64]]:
    """The penalty that suits photos left out best, and the (N, T) scores of these under it.

    Args:
        parts: of `encode_parts`; the first is judged, N photos, the others are only learned from.
        folds: places of its photos to fit on and of those left out, which share no group.
        groups: (N,) of its photos; other photos of a group left out are not learned from either.
    """
    part = parts[0].photos
    scores = {l2: torch.zeros_like(part.targets) for l2 in PENALTIES}
    for rest, left_out in folds:
        out = torch.from_numpy(left_out)
        learned = [part.select(torch.from_numpy(rest))]
        for other in parts[1:]:
            kept = torch.from_numpy(~np.isin(other.groups, groups[left_out]))
            learned += [other.photos.select(kept)] if kept.any() else []
        tables = start_tables(learned, len(part.words))
        for l2 in PENALTIES:  # each starts from the stronger one's optimum
            tables = fit_masked(learned, l2, tables)
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
    # The head scales features to the root of their number, what was learned from to one.
    vectors = learned.vectors / learned.vectors.shape[1] ** 0.5
    tagger = Logistic.model_validate(system).make_tagger(vectors, learned.bias)
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
