"""Tag sets whose size is a setting: topics, Zipf's law and a third of noise."""

from pathlib import Path

import numpy as np

from phototags.tag_vectors import predictors
from phototags.tag_vectors.tag_completion import (
    HeldOutTags,
    hide_tags,
    mean_reciprocal_rank,
    rank_hidden,
    recall,
)
from phototags.tags.encoding import TagSets

TOPICS, NOISE, MEAN = 200, 0.35, 7
PRIORS = (0.0, 0.25, 0.5, 0.75, 1.0)


def topical_sets(photos: int, tags: int, rng: np.random.Generator) -> TagSets:
    """Photos with some seven tags of one topic, drawn by Zipf's law, a third from anywhere."""
    weight = 1 / np.arange(1, tags + 1)
    topic_of_tag = rng.integers(0, TOPICS, tags)
    share = np.bincount(topic_of_tag, weight, TOPICS)
    sizes = rng.geometric(1 / MEAN, photos).clip(2, 40)
    owner = np.repeat(np.arange(photos), sizes)
    topic = rng.choice(TOPICS, photos, p=share / share.sum())[owner]
    drawn = rng.choice(tags, len(owner), p=weight / weight.sum())
    for number in range(TOPICS):
        own = np.flatnonzero(topic_of_tag == number)
        here = np.flatnonzero((topic == number) & (rng.random(len(owner)) >= NOISE))
        if len(own):
            drawn[here] = rng.choice(own, len(here), p=weight[own] / weight[own].sum())
    keys = np.unique(owner * tags + drawn)  # a tag once a photo
    sizes = np.bincount(keys // tags, minlength=photos)
    return TagSets((keys % tags).astype(np.int32), np.concatenate([[0], np.cumsum(sizes)]))


def zipf_sets(photos: int, tags: int, rng: np.random.Generator) -> TagSets:
    """Photos of seven tags from a vocabulary that is too large for a processor's caches.

    Every tag occurs: the first photos share them out, the others draw by a flat Zipf's law.
    """
    everyone = rng.permutation(tags)
    weight = np.cumsum(np.arange(1, tags + 1) ** -0.75)
    wanted = max(photos * MEAN - tags, 0)
    drawn = np.searchsorted(weight, rng.random(wanted) * weight[-1])
    flat = np.concatenate([everyone, drawn])
    keys = np.unique(np.arange(len(flat)) // MEAN * tags + flat)
    sizes = np.bincount(keys // tags)
    return TagSets((keys % tags).astype(np.int32), np.concatenate([[0], np.cumsum(sizes)]))


def write(sets: TagSets, path: Path) -> dict:
    """The sets as npz for us and as lines of text for gensim; the requests' part about them."""
    np.savez(path.with_suffix(".npz"), tags=sets.ids, ends=sets.offsets)
    words = sets.ids.astype(str)
    with open(path.with_suffix(".txt"), "w") as file:
        for begin, end in zip(sets.offsets[:-1], sets.offsets[1:], strict=True):
            file.write(" ".join(words[begin:end]) + "\n")
    return {"sets": str(path.with_suffix(".npz")), "text": str(path.with_suffix(".txt"))}


def read_table(path: Path, tags: int) -> tuple[np.ndarray, np.ndarray]:
    """(T, D) words and contexts that either side saved; a tag it never met has zeros."""
    with np.load(path) as file:
        found = np.zeros((2, tags, file["words"].shape[1]), np.float32)
        found[0, file["rows"]], found[1, file["rows"]] = file["words"], file["contexts"]
    return found[0], found[1]


def quality(path: Path, counts: np.ndarray, chosen_on: TagSets, tested_on: TagSets) -> dict:
    """Recall@10 and MRR of the missing tag, at the prior that is best on other photos."""
    words, contexts = read_table(path, len(counts))

    def found(asked: HeldOutTags, prior: float) -> np.ndarray:
        return rank_hidden(
            asked, predictors.build_skipgram_predictor(words, contexts, counts, prior)
        )

    asked = hide_tags(chosen_on, np.random.default_rng(0))
    prior = max(PRIORS, key=lambda prior: recall(found(asked, prior)))
    final = found(hide_tags(tested_on, np.random.default_rng(1)), prior)
    return {"prior": prior, "recall": recall(final), "mrr": mean_reciprocal_rank(final)}
