"""What the run is made for, and what its summaries collect."""

TABLES = ["headline", "bridges", "published", "tag_vectors"]
USER_TABLES = [
    f"{of}_{train}" for train in PLAN.user_comparisons for of in ("users", "user_tags")
]
FIGURES = [
    "scores",
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
HISTORIES = [
    tagger_file(train, system, seed, "history.csv")
    for train, system in PLAN.taggers
    for seed in PARAMS.train.seeds
]
DROPS = [
    *(f"data/corpora/{name}/drops.tsv" for name in PLAN.corpora),
    *(path for name in PLAN.corpora for path in feature_files(name, "drops.tsv")),
    *(f"{MODELS}/{train}/duplicates.drops.tsv" for train in PLAN.train_corpora),
    *(
        tagger_file(train, system, seed, f"scores_{test}.drops.tsv")
        for train, test, system, seed in PLAN.score_jobs
    ),
]
TARGETS = [
    *(f"data/corpora/{name}/spelling.tsv" for name in PLAN.corpora),
    *(
        f"{MODELS}/index/{name}.{kind}"
        for name in PLAN.corpora
        for kind in ("safetensors", "parquet")
    ),
    f"{MODELS}/tagger/MODEL_CARD.md",
    *(f"{MODELS}/tagger/{file}" for file in EXPORTED_BACKBONE),
    *(f"{RESULTS}/tables/{name}.md" for name in TABLES + USER_TABLES),
    *(f"{RESULTS}/figures/{name}.svg" for name in FIGURES),
    *([f"{RESULTS}/figures/examples.png"] if PARAMS.report.show_photos else []),
    f"{RESULTS}/report.html",
    *(
        tagger_file(train, system, seed, f"{kind}_{test}.parquet")
        for train, test, system, seed in PLAN.score_jobs
        for kind in ("scores", "predictions")
    ),
    *(path for name in PLAN.corpora for path in feature_files(name)),
    *(f"data/corpora/{name}/photos.parquet" for name in PLAN.corpora),
]
