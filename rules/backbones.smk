rule train_with_backbone:
    """Train one system on one corpus with one seed, the backbone below it too."""
    input:
        features=lambda w: features_of(w.train),
        shards=lambda w: shards_of(w.train),
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        vectors=f"{LEARNED}/seed{{seed}}/tag_vectors.safetensors",
        users=lambda w: users_of(w.train, w.train),
        start=start_of,
    output:
        model=f"{TAGGER}/model.safetensors",
        backbone=f"{TAGGER}/backbone.safetensors",
        config=f"{TAGGER}/config.json",
        history=f"{TAGGER}/history.csv",
    log:
        f"logs/train_with_backbone/{RUN}/{{train}}/{{system}}/seed{{seed}}.log",
    benchmark:
        f"benchmarks/train_with_backbone/{RUN}/{{train}}/{{system}}/seed{{seed}}.tsv"
    wildcard_constraints:
        system=one_of(WITH_BACKBONE),
    conda:
        "../envs/phototags.yaml"
    threads: PARAMS.train.compute.loaders
    resources:
        gpu=ON_GPU,
    params:
        code=code("train_with_backbone"),
        system=lambda w: settings(PARAMS.train.systems[w.system]),
        seed=lambda w: int(w.seed),
        backbone=PARAMS.embed_photos.backbone,
        compute=COMPUTE,
        caps=[PARAMS.corpora.max_pixels, PARAMS.corpora.max_bytes],
        instruction_set=PARAMS.instruction_set,
    message:
        "Training {wildcards.system} and its backbone on {wildcards.train}, seed {wildcards.seed}"
    script:
        "../scripts/train_with_backbone.py"


rule embed_with_tagger:
    """Features of one shard from the backbone that a tagger learned."""
    input:
        backbone=f"{TAGGER}/backbone.safetensors",
        shard="data/corpora/{corpus}/shards/{shard}.tar",
        photos="data/corpora/{corpus}/photos.parquet",
    output:
        features=f"{TAGGER}/features/{{corpus}}/{{shard}}.safetensors",
    log:
        f"logs/embed_with_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{corpus}}/{{shard}}.log",
    benchmark:
        f"benchmarks/embed_with_tagger/{RUN}/{{train}}/{{system}}/seed{{seed}}/{{corpus}}/{{shard}}.tsv"
    wildcard_constraints:
        system=one_of(WITH_BACKBONE),
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("embed_with_tagger"),
        settings=settings(PARAMS.embed_photos),
        instruction_set=PARAMS.instruction_set,
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Embedding shard {wildcards.shard} of {wildcards.corpus} by {wildcards.system}"
    script:
        "../scripts/embed_with_tagger.py"
