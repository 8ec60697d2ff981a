rule score_tagger:
    """Judge one tagger on one test corpus, through each bridge between their words."""
    input:
        model=f"{TAGGER_DIR}/model.safetensors",
        config=f"{TAGGER_DIR}/config.json",
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        features=lambda w: tagger_features(w.train, w.system, w.seed, w.test),
        tags=tags_file,
        split="data/corpora/{test}/split.parquet",
        train_tags=f"{TRAIN_DIR}/tags.parquet",
        train_split=train_split,
        duplicates=f"{TRAIN_DIR}/duplicates_{{test}}.tsv",
        users=lambda w: user_files(w.train, w.test),
        wordnet=WORDNET,
    output:
        scores=f"{TAGGER_DIR}/scores_{{test}}.parquet",
        predictions=f"{TAGGER_DIR}/predictions_{{test}}.parquet",
        drops=f"{TAGGER_DIR}/scores_{{test}}.drops.tsv",
    log:
        f"logs/score_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{test}}.log",
    benchmark:
        f"benchmarks/score_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("score_tagger"),
        settings=dump_section(PARAMS.score),
        instruction_set=PARAMS.instruction_set,
    message:
        "Scoring {wildcards.system} of {wildcards.train}, seed {wildcards.seed}, on {wildcards.test}"
    script:
        "../scripts/score_tagger.py"


rule judge_tags:
    """Score the tag vectors by the completion of held-out tags."""
    input:
        vectors=[
            f"{TRAIN_DIR}/seed{seed}/tag_vectors.safetensors"
            for seed in PARAMS.train.seeds
        ],
        contexts=[
            f"{TRAIN_DIR}/seed{seed}/tag_contexts.safetensors"
            for seed in PARAMS.train.seeds
        ],
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        test_tags=tags_file,
        test_split="data/corpora/{test}/split.parquet",
        start=START,
    output:
        scores=f"{TRAIN_DIR}/tag_scores_{{test}}.parquet",
    log:
        f"logs/judge_tags/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/judge_tags/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("judge_tags"),
        seeds=PARAMS.train.seeds,
        settings=dump_section(PARAMS.embed_tags),
        bootstrap=dict(resamples=PARAMS.score.resamples, seed=PARAMS.score.seed),
    message:
        "Judging the tag vectors of {wildcards.train} on {wildcards.test}"
    script:
        "../scripts/judge_tags.py"


rule summarise_scores:
    """Collect all scores of the run, and all drops, in one table each."""
    input:
        scores=SCORES,
        tag_scores=TAG_SCORES,
        histories=HISTORIES,
        drops=DROPS,
    output:
        scores=f"{RESULTS}/scores.csv",
        tag_vectors=f"{RESULTS}/tag_vectors.csv",
        metrics=f"{RESULTS}/metrics.json",
        losses=f"{RESULTS}/losses.csv",
        drops=f"{RESULTS}/drops.csv",
    log:
        f"logs/summarise_scores/{RUN}.log",
    benchmark:
        f"benchmarks/summarise_scores/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("summarise_scores"),
        jobs=[list(job) for job in PLAN.score_jobs],
        pairs=[list(pair) for pair in PLAN.train_test_pairs],
    message:
        "Summarising the scores"
    script:
        "../scripts/summarise_scores.py"


rule write_tables:
    """Write the scores as Markdown tables."""
    input:
        scores=f"{RESULTS}/scores.csv",
        tag_vectors=f"{RESULTS}/tag_vectors.csv",
    output:
        tables=[f"{RESULTS}/tables/{name}.md" for name in TABLES],
    log:
        f"logs/write_tables/{RUN}.log",
    benchmark:
        f"benchmarks/write_tables/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("write_tables"),
        names=TABLES,
    message:
        "Writing the tables"
    script:
        "../scripts/write_tables.py"
