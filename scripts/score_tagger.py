"""Rule `score_tagger`: judge one tagger on one test corpus, through each bridge."""

from phototags.evaluation.evaluate import judge
from phototags.evaluation.prediction import answers_in
from phototags.evaluation.test_photos import judged_photos, with_features
from phototags.evaluation.word_mapping import reaches
from phototags.features.duplicates import read_duplicates
from phototags.features.feature_cache import read_features
from phototags.io.logs import configure_logging
from phototags.params.score import Score
from phototags.tags.vocabulary import read_vocabulary
from phototags.users.user_table import read_users

given = snakemake  # noqa: F821
configure_logging(given.log[0])
train, test, files = given.wildcards.train, given.wildcards.test, given.input
settings = Score.model_validate_json(given.params.settings)

users, features = read_users(files.users), read_features(files.features)
learned, tested = (files.train_tags, files.train_split), (files.tags, files.split)
photos, history = judged_photos(train, learned, test, tested, users)
photos = with_features(photos, features.rows.tolist(), test)
tags, rows = read_vocabulary(files.vocabulary).tags, photos["row"].tolist()
words = reaches(train, test, tags, photos, settings, files.wordnet)
scores, words = answers_in(files.model, rows, features, users, tags, words)
doubted = set(read_duplicates(files.duplicates)["test_row"])
judgement = judge(scores, tags, photos, words, settings, train, doubted, history)
judgement.write(given.output.scores, given.output.predictions, given.output.drops)
