rule train_with_backbone:
    """Train one system and its backbone on one corpus with one seed."""
    input:
        features=lambda w: feature_files(w.train),
        shards=lambda w: shard_files(w.train),
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        vectors=f"{TRAIN_DIR}/seed{{seed}}/tag_vectors.safetensors",
        users=lambda w: user_files(w.train, w.train),
        start=initial_weights,
        weights=WEIGHTS,
    output:
        model=f"{TAGGER_DIR}/model.safetensors",
        backbone=f"{TAGGER_DIR}/backbone.safetensors",
        config=f"{TAGGER_DIR}/config.json",
        history=f"{TAGGER_DIR}/history.csv",
    log:
        f"logs/train_with_backbone/{RUN}/{{train}}/{{system}}/seed{{seed}}.log",
    benchmark:
        f"benchmarks/train_with_backbone/{RUN}/{{train}}/{{system}}/seed{{seed}}.tsv"
    wildcard_constraints:
        system=match_any(WITH_BACKBONE),
    conda:
        "../envs/phototags.yaml"
    threads: PARAMS.train.compute.processes * PARAMS.train.compute.loader_threads
    resources:
        gpu=ON_GPU,
    params:
        code=train_code("train_with_backbone"),
        system=lambda w: dump_section(PARAMS.train.systems[w.system]),
        seed=lambda w: int(w.seed),
        backbone=PARAMS.embed_photos.backbone,
        compute=COMPUTE,
        image_limits=[PARAMS.corpora.max_pixels, PARAMS.corpora.max_bytes],
        instruction_set=PARAMS.instruction_set,
    message:
        "Training {wildcards.system} and its backbone on {wildcards.train}, seed {wildcards.seed}"
    script:
        "../scripts/train_with_backbone.py"


rule embed_with_tagger:
    """Compute features of one shard with the backbone that was trained with a tagger."""
    input:
        backbone=f"{TAGGER_DIR}/backbone.safetensors",
        shard="data/corpora/{corpus}/shards/{shard}.tar",
        photos="data/corpora/{corpus}/photos.parquet",
        weights=WEIGHTS,
    output:
        features=f"{TAGGER_DIR}/features/{{corpus}}/{{shard}}.safetensors",
    log:
        f"logs/embed_with_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{corpus}}/{{shard}}.log",
    benchmark:
        f"benchmarks/embed_with_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{corpus}}/{{shard}}.tsv"
    wildcard_constraints:
        system=match_any(WITH_BACKBONE),
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("embed_with_tagger"),
        settings=dump_section(PARAMS.embed_photos),
        instruction_set=PARAMS.instruction_set,
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Embedding shard {wildcards.shard} of {wildcards.corpus} by {wildcards.system}"
    script:
        "../scripts/embed_with_tagger.py"
