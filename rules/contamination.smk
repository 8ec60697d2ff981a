rule find_duplicates:
    """Find training photos that are near-duplicates of test photos."""
    input:
        train_features=lambda w: feature_files(w.train),
        train_split="data/corpora/{train}/split.parquet",
        test_features=lambda w: feature_files(w.test),
        test_split="data/corpora/{test}/split.parquet",
    output:
        duplicates=f"{TRAIN_DIR}/duplicates_{{test}}.tsv",
    log:
        f"logs/find_duplicates/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/find_duplicates/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("find_duplicates"),
        settings=dump_section(PARAMS.contamination),
    message:
        "Finding photos of {wildcards.test} among those of {wildcards.train}"
    script:
        "../scripts/find_duplicates.py"


# A checkpoint: once it has run, what follows is planned by the content of its split. So another
# test corpus trains again only where its near-duplicates take photos out of the training part.
checkpoint choose_training:
    """Take near-duplicates of test photos out of the training part."""
    input:
        split="data/corpora/{train}/split.parquet",
        duplicates=lambda w: [
            f"{MODELS}/{train}/duplicates_{test}.tsv"
            for train, test in PLAN.train_test_pairs
            if train == w.train
        ],
    output:
        split=f"{TRAIN_DIR}/split.parquet",
        drops=f"{TRAIN_DIR}/duplicates.drops.tsv",
    log:
        f"logs/choose_training/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/choose_training/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("choose_training"),
        settings=dump_section(PARAMS.contamination),
    message:
        "Choosing what is learned from of {wildcards.train}"
    script:
        "../scripts/choose_training.py"
