rule score_tagger:
    """Judge one tagger on one test corpus, through each bridge between their words."""
    input:
        model=f"{TAGGER}/model.safetensors",
        config=f"{TAGGER}/config.json",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        features=lambda w: features_for(w.train, w.system, w.seed, w.test),
        tags=test_tags,
        split="data/corpora/{test}/split.parquet",
        train_tags=f"{LEARNED}/tags.parquet",
        train_split=f"{LEARNED}/split.parquet",
        duplicates=f"{LEARNED}/duplicates_{{test}}.tsv",
        users=lambda w: users_of(w.train, w.test),
        wordnet=WORDNET,
    output:
        scores=f"{TAGGER}/scores_{{test}}.parquet",
        predictions=f"{TAGGER}/predictions_{{test}}.parquet",
        drops=f"{TAGGER}/scores_{{test}}.drops.tsv",
    log:
        f"logs/score_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{test}}.log",
    benchmark:
        f"benchmarks/score_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("score_tagger"),
        settings=settings(PARAMS.score),
        instruction_set=PARAMS.instruction_set,
    message:
        "Scoring {wildcards.system} of {wildcards.train}, seed {wildcards.seed}, on {wildcards.test}"
    script:
        "../scripts/score_tagger.py"


rule judge_tags:
    """Guess the missing tag of held-out photos, by vectors and by counting."""
    input:
        vectors=[
            f"{LEARNED}/seed{seed}/tag_vectors.safetensors"
            for seed in PARAMS.train.seeds
        ],
        contexts=[
            f"{LEARNED}/seed{seed}/tag_contexts.safetensors"
            for seed in PARAMS.train.seeds
        ],
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        test_tags=test_tags,
        test_split="data/corpora/{test}/split.parquet",
        start=START,
    output:
        scores=f"{LEARNED}/tag_scores_{{test}}.parquet",
    log:
        f"logs/judge_tags/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/judge_tags/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("judge_tags"),
        seeds=PARAMS.train.seeds,
        settings=settings(PARAMS.embed_tags),
        bootstrap=dict(resamples=PARAMS.score.resamples, seed=PARAMS.score.seed),
    message:
        "Judging the tag vectors of {wildcards.train} on {wildcards.test}"
    script:
        "../scripts/judge_tags.py"


rule summarise_scores:
    """All scores of the run in tidy tables, and what every step dropped in another."""
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
        jobs=[list(job) for job in PLAN.jobs],
        pairs=[list(pair) for pair in PLAN.pairs],
    message:
        "Summarising the scores"
    script:
        "../scripts/summarise_scores.py"


rule write_tables:
    """The scores as tables that a person reads."""
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
