rule train_tagger:
    """Train one system on one corpus with one seed."""
    input:
        features=lambda w: feature_files(w.train),
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        vectors=f"{TRAIN_DIR}/seed{{seed}}/tag_vectors.safetensors",
        users=lambda w: user_files(w.train, w.train),
        start=initial_weights,
    output:
        model=f"{TAGGER_DIR}/model.safetensors",
        config=f"{TAGGER_DIR}/config.json",
        history=f"{TAGGER_DIR}/history.csv",
    log:
        f"logs/train_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}.log",
    benchmark:
        f"benchmarks/train_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}.tsv"
    wildcard_constraints:
        system=match_any(n for n in PARAMS.train.systems if n not in WITH_BACKBONE),
    conda:
        "../envs/phototags.yaml"
    threads: lambda w: train_processes(w.system)
    resources:
        gpu=lambda w: ON_GPU * PLAN.learns_by_gradient(w.system),
    params:
        code=train_code("train_tagger"),
        system=lambda w: dump_section(PARAMS.train.systems[w.system]),
        seed=lambda w: int(w.seed),
        backbone=PARAMS.embed_photos.backbone,
        compute=lambda w: head_compute(w.system),
        instruction_set=PARAMS.instruction_set,
    message:
        "Training {wildcards.system} on {wildcards.train}, seed {wildcards.seed}"
    script:
        "../scripts/train_tagger.py"
