rule train_tagger:
    """Train one system on one corpus with one seed."""
    input:
        features=lambda w: features_of(w.train),
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        vectors=f"{LEARNED}/seed{{seed}}/tag_vectors.safetensors",
        users=lambda w: users_of(w.train, w.train),
        start=start_of,
    output:
        model=f"{TAGGER}/model.safetensors",
        config=f"{TAGGER}/config.json",
        history=f"{TAGGER}/history.csv",
    log:
        f"logs/train_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}.log",
    benchmark:
        f"benchmarks/train_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}.tsv"
    wildcard_constraints:
        system=one_of(n for n in PARAMS.train.systems if n not in WITH_BACKBONE),
    conda:
        "../envs/phototags.yaml"
    resources:
        gpu=lambda w: ON_GPU * PLAN.by_gradient(w.system),
    params:
        code=code("train_tagger"),
        system=lambda w: settings(PARAMS.train.systems[w.system]),
        seed=lambda w: int(w.seed),
        backbone=PARAMS.embed_photos.backbone,
        compute=OF_HEADS,
        instruction_set=PARAMS.instruction_set,
    message:
        "Training {wildcards.system} on {wildcards.train}, seed {wildcards.seed}"
    script:
        "../scripts/train_tagger.py"


rule export_tagger:
    """The tagger as a folder that anybody can carry."""
    input:
        model=tagger(*EXPORTED, "model.safetensors"),
        config=tagger(*EXPORTED, "config.json"),
        backbone=[tagger(*EXPORTED, file) for file in EXPORTED_BACKBONE],
        vocabulary=f"{MODELS}/{PARAMS.export.train}/vocabulary.tsv",
        candidates=f"{MODELS}/{PARAMS.export.train}/candidates.tsv",
        features=features_for(*EXPORTED, PARAMS.export.train),
        tags=f"{MODELS}/{PARAMS.export.train}/tags.parquet",
        split=f"{MODELS}/{PARAMS.export.train}/split.parquet",
        scores=f"{RESULTS}/scores.csv",
    output:
        model=f"{MODELS}/tagger/model.safetensors",
        config=f"{MODELS}/tagger/config.json",
        backbone=[f"{MODELS}/tagger/{file}" for file in EXPORTED_BACKBONE],
        vocabulary=f"{MODELS}/tagger/vocabulary.tsv",
        card=f"{MODELS}/tagger/MODEL_CARD.md",
    log:
        f"logs/export_tagger/{RUN}.log",
    benchmark:
        f"benchmarks/export_tagger/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("export_tagger"),
        export=settings(PARAMS.export),
    message:
        "Exporting the tagger"
    script:
        "../scripts/export_tagger.py"


rule index_photos:
    """Make the photos of a corpus searchable by words."""
    input:
        model=f"{MODELS}/tagger/model.safetensors",
        config=f"{MODELS}/tagger/config.json",
        backbone=[f"{MODELS}/tagger/{file}" for file in EXPORTED_BACKBONE],
        vocabulary=f"{MODELS}/tagger/vocabulary.tsv",
        features=lambda w: features_for(*EXPORTED, w.corpus),
        photos="data/corpora/{corpus}/photos.parquet",
        tags="data/corpora/{corpus}/tags.parquet",
    output:
        vectors=f"{MODELS}/index/{{corpus}}.safetensors",
        table=f"{MODELS}/index/{{corpus}}.parquet",
    log:
        f"logs/index_photos/{RUN}/{{corpus}}.log",
    benchmark:
        f"benchmarks/index_photos/{RUN}/{{corpus}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("index_photos"),
    message:
        "Indexing the photos of {wildcards.corpus}"
    script:
        "../scripts/index_photos.py"
