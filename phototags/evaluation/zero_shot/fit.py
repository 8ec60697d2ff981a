"""Fit the zero-shot model of a corpus: settings by validation photos, the cut by foreign words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace

import numpy as np

from phototags.evaluation.zero_shot.caption_search import choose_for_captions
from phototags.evaluation.zero_shot.cut import choose_cut
from phototags.evaluation.zero_shot.photos import Photos
from phototags.evaluation.zero_shot.unseen_tags import choose_settings
from phototags.tag_vectors.ridge import decompose
from phototags.tag_vectors.text_encoders import TextEncoder
from phototags.tag_vectors.zero_shot_model import (
    ZeroShot,
    fit_zero_shot,
    weigh_captions,
    weigh_tags,
)

SEED = 0  # of the folds of tags


def fit_best(
    parts: Mapping[str, Photos], tags: Sequence[str], encoder: TextEncoder, foreign: Sequence[str]
) -> ZeroShot:
    """Fit the model that searches a corpus: from captions where photos have some, else from tags.

    Args:
        parts: of `read_parts`; test photos are not looked at.
        foreign: words to choose the cut by.
    """
    captioned = all(len(parts[part].captions) for part in ("train", "validation"))
    source = "captions" if captioned and encoder.name == "minilm" else "tags"
    fit = fit_from_captions if source == "captions" else fit_from_tags
    model = fit(parts["train"], parts["validation"], tags, encoder)
    features = np.concatenate([parts["train"].features, parts["validation"].features])
    vectors = encoder.embed_terms(foreign, source)
    return replace(model, cut=choose_cut(model, features, vectors))


def fit_from_tags(
    train: Photos, validation: Photos, tags: Sequence[str], encoder: TextEncoder
) -> ZeroShot:
    """Fit a model to the photos' tags that the encoder knows, with the best settings."""
    vectors = encoder.embed_terms(tags, "tags").astype(np.float64)
    known = np.flatnonzero(vectors.any(axis=1) & train.relevant.any(axis=0))
    train, vectors = train.select_tags(known), vectors[known]
    ridge, checked = decompose(train.features), validation.select_tags(known)
    chosen = choose_settings(ridge, train.relevant, vectors, checked, SEED)
    weights = weigh_tags(train.relevant)
    return fit_zero_shot(ridge, weights, vectors, *astuple(chosen), encoder.name, "tags")


def fit_from_captions(
    train: Photos, validation: Photos, tags: Sequence[str], encoder: TextEncoder
) -> ZeroShot:
    """Fit a model to the photos' captions, with the best settings; `tags` is not used."""
    train, validation = train.select_captioned(), validation.select_captioned()
    vectors = encoder.embed(train.captions).astype(np.float64)
    ridge, queries = decompose(train.features), encoder.embed(validation.first_captions)
    chosen = choose_for_captions(ridge, train, vectors, validation, queries)
    weights = weigh_captions(train.owners, len(train.features))
    return fit_zero_shot(ridge, weights, vectors, *astuple(chosen), encoder.name, "captions")
