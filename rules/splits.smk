"""Scores over further splits of the training corpora, where params ask for them."""

from phototags.workflow.split_jobs import (
    list_split_corpora,
    list_split_systems,
    list_split_tests,
)

SPLIT_CORPORA = list_split_corpora(PLAN)
SPLIT_SEEDS = PARAMS.splits.seeds if PARAMS.splits else []
SPLIT_JOBS = [(train, seed) for train in SPLIT_CORPORA for seed in SPLIT_SEEDS]
SPLIT_SYSTEMS = {train: list_split_systems(PLAN, train) for train in SPLIT_CORPORA}
SPLIT_TESTS = {train: list_split_tests(PLAN, train) for train in SPLIT_CORPORA}
SPLIT_SECTIONS = ["split", "contamination", "vocabulary", "embed_tags", "score"]
SPLIT_TABLES = ["splits", "paired"] * bool(SPLIT_CORPORA)


rule score_split:
    """Train all systems on one split of a corpus and score them."""
    input:
        photos="data/corpora/{train}/photos.parquet",
        tags="data/corpora/{train}/tags.parquet",
        features=lambda w: feature_files(w.train),
        test_tags=lambda w: [
            f"data/corpora/{test}/tags.parquet" for test in SPLIT_TESTS[w.train]
        ],
        test_split=lambda w: [
            f"data/corpora/{test}/split.parquet" for test in SPLIT_TESTS[w.train]
        ],
        test_features=lambda w: [
            file for test in SPLIT_TESTS[w.train] for file in feature_files(test)
        ],
        wordnet=WORDNET,
        lists=WORD_LISTS,
        start=START,
    output:
        scores=f"{TRAIN_DIR}/split{{split}}.parquet",
    log:
        f"logs/score_split/{RUN}/{{train}}/{{split}}.log",
    benchmark:
        f"benchmarks/score_split/{RUN}/{{train}}/{{split}}.tsv"
    wildcard_constraints:
        train=match_any(SPLIT_CORPORA),
        split=match_any(map(str, SPLIT_SEEDS)),
    conda:
        "../envs/phototags.yaml"
    resources:
        gpu=ON_GPU,
    params:
        code=code("score_split"),
        sections=SPLIT_SECTIONS,
        split=dump_section(PARAMS.split, "seed"),
        contamination=dump_section(PARAMS.contamination),
        vocabulary=dump_section(PARAMS.vocabulary, "chunk_photos"),
        embed_tags=dump_section(PARAMS.embed_tags),
        score=dump_section(PARAMS.score),
        systems=lambda w: {
            name: dump_section(PARAMS.train.systems[name])
            for name in SPLIT_SYSTEMS[w.train]
        },
        tests=lambda w: SPLIT_TESTS[w.train],
        pictures=lambda w: [PLAN.pictures_of(test) for test in SPLIT_TESTS[w.train]],
        device=PARAMS.train.compute.device,
        instruction_set=PARAMS.instruction_set,
    message:
        "Scoring all systems on split {wildcards.split} of {wildcards.train}"
    script:
        "../scripts/score_split.py"


rule summarise_splits:
    """Take means over the splits, compare systems in pairs, and write both as tables."""
    input:
        scores=[f"{MODELS}/{train}/split{seed}.parquet" for train, seed in SPLIT_JOBS],
    output:
        splits=f"{RESULTS}/tables/splits.csv",
        bands=f"{RESULTS}/tables/tag_frequency.csv",
        pairs=f"{RESULTS}/tables/paired.csv",
        table=f"{RESULTS}/tables/splits.md",
        paired=f"{RESULTS}/tables/paired.md",
    log:
        f"logs/summarise_splits/{RUN}.log",
    benchmark:
        f"benchmarks/summarise_splits/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("summarise_splits"),
        jobs=[list(job) for job in SPLIT_JOBS],
        backbone=PARAMS.embed_photos.backbone,
    message:
        "Summarising the splits"
    script:
        "../scripts/summarise_splits.py"
