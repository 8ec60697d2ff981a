# Outputs cannot depend on wildcards, so taggers with the same test corpora share a rule.
for number, (train, tests, systems) in enumerate(PLAN.score_groups, start=1):

    rule:
        """Score one tagger on all its test corpora, through each bridge between their words."""
        name:
            f"score_tagger{rule_suffix(number)}"
        input:
            model=f"{TAGGER_DIR}/model.safetensors",
            config=f"{TAGGER_DIR}/config.json",
            vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
            train_tags=f"{TRAIN_DIR}/tags.parquet",
            train_split=train_split,
            features=test_features,
            tags=[tags_path(train, test) for test in tests],
            split=[f"data/corpora/{test}/split.parquet" for test in tests],
            duplicates=[f"{TRAIN_DIR}/duplicates_{test}.tsv" for test in tests],
            users=[file for test in tests for file in user_files(train, test)],
            wordnet=WORDNET,
        output:
            scores=[f"{TAGGER_DIR}/scores_{test}.parquet" for test in tests],
            predictions=[f"{TAGGER_DIR}/predictions_{test}.parquet" for test in tests],
            drops=[f"{TAGGER_DIR}/scores_{test}.drops.tsv" for test in tests],
        log:
            f"logs/score_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}.log",
        benchmark:
            f"benchmarks/score_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}.tsv"
        wildcard_constraints:
            train=match_any([train]),
            system=match_any(systems),
        conda:
            "../envs/phototags.yaml"
        params:
            code=code("score_tagger"),
            tests=tests,
            pictures={name: PLAN.pictures_of(name) for name in [train, *tests]},
            settings=dump_section(PARAMS.score),
            instruction_set=PARAMS.instruction_set,
        message:
            "Scoring {wildcards.system} of {wildcards.train}, seed {wildcards.seed}"
        script:
            "../scripts/score_tagger.py"


rule score_tag_vectors:
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
        f"logs/score_tag_vectors/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/score_tag_vectors/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("score_tag_vectors"),
        same_photos=lambda w: PLAN.pictures_of(w.train) == PLAN.pictures_of(w.test),
        seeds=PARAMS.train.seeds,
        settings=dump_section(PARAMS.embed_tags),
        resamples=dict(resamples=PARAMS.score.resamples, seed=PARAMS.score.seed),
    message:
        "Scoring the tag vectors of {wildcards.train} on {wildcards.test}"
    script:
        "../scripts/score_tag_vectors.py"
