"""Rule `score_tagger`: judge one tagger on one test corpus, through each bridge."""

from pathlib import Path

from phototags.features.cache import read_features
from phototags.features.duplicates import read_duplicates
from phototags.logs import log_to
from phototags.scoring.judging import judge, model_scores
from phototags.scoring.photos import (
    JUDGED,
    LEARNED,
    photos_of,
    refuse_overlap,
    with_features,
    without_history,
)
from phototags.scoring.words import reaches
from phototags.settings.scores import Score
from phototags.taggers.tagger import load, read_config
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.table import read_users, with_users

given = snakemake  # noqa: F821
log_to(given.log[0])
settings = Score.model_validate_json(given.params.settings)
train, test = given.wildcards.train, given.wildcards.test

photos = photos_of(given.input.tags, given.input.split, JUDGED)
users = read_users(given.input.users)
photos, history = without_history(photos, users, train)
learned = photos_of(given.input.train_tags, given.input.train_split, LEARNED)
refuse_overlap(train, test, learned, photos)
features = read_features(given.input.features)
photos = with_features(photos, features.rows.tolist(), test)
tags = read_vocabulary(given.input.vocabulary).tags
words = reaches(train, test, tags, photos, settings, given.input.wordnet)
rows, folder = photos["row"].tolist(), Path(given.input.model).parent
known = read_config(folder)["system"].get("descriptors", ())
inputs = with_users(features.of(rows), rows, users, known)
scores = model_scores(load(folder), inputs, len(tags))
doubted = set(read_duplicates(given.input.duplicates)["test_row"])
judgement = judge(scores, tags, photos, words, settings, train, doubted, history)
judgement.write(given.output.scores, given.output.predictions, given.output.drops)
