"""Files that the summaries of a run collect."""

TABLES = ["headline", "bridges", "published", "tag_vectors"]
ZERO_SHOT_TABLES = ["zero_shot"] * bool(ENCODERS)
USER_TABLES = [
    f"{of}_{train}" for train in PLAN.user_comparisons for of in ("users", "user_tags")
]
FIGURES = [
    "scores",
    "reliability",
    "losses",
    *(
        f"{of}_{train}"
        for train in PLAN.user_comparisons
        for of in ("users", "tag_curves")
    ),
]
SCORES = [
    tagger_file(train, system, seed, f"scores_{test}.parquet")
    for train, test, system, seed in PLAN.score_jobs
]
TAG_SCORES = [
    f"{MODELS}/{train}/tag_scores_{test}.parquet"
    for train, test in PLAN.train_test_pairs
]
TAGGERS = [
    (train, system, seed) for train, system in PLAN.taggers for seed in PLAN.seeds
]
HISTORIES = [tagger_file(*tagger, "history.csv") for tagger in TAGGERS]
DROPS = [
    *(f"data/corpora/{name}/drops.tsv" for name in PLAN.corpora),
    *(
        path
        for name in PLAN.picture_corpora
        for path in feature_files(name, "drops.tsv")
    ),
    *(f"{MODELS}/{train}/duplicates.drops.tsv" for train in PLAN.train_corpora),
    *(
        tagger_file(train, system, seed, f"scores_{test}.drops.tsv")
        for train, test, system, seed in PLAN.score_jobs
    ),
]


def test_features(wildcards):
    """Features of all test corpora of a tagger."""
    train, system, seed = wildcards.train, wildcards.system, wildcards.seed
    tests = PLAN.tests(train, system)
    files = [
        file for one in tests for file in tagger_features(train, system, seed, one)
    ]
    return list(dict.fromkeys(files))


def rule_suffix(number):
    """End of the names of rules with one script: none for the first, `_2` for the second."""
    return f"_{number}" if number > 1 else ""
