rule index_photos:
    """Index the photos of a corpus for search by words."""
    input:
        model=f"{MODELS}/tagger/model.safetensors",
        config=f"{MODELS}/tagger/config.json",
        backbone=[f"{MODELS}/tagger/{file}" for file in EXPORTED_BACKBONE],
        vocabulary=f"{MODELS}/tagger/vocabulary.tsv",
        features=lambda w: tagger_features(*EXPORTED, w.corpus),
        photos="data/corpora/{corpus}/photos.parquet",
        tags="data/corpora/{corpus}/tags.parquet",
        zero_shot=ZERO_SHOT,
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
        blacklist=lambda w: PARAMS.export.blacklist,
    message:
        "Indexing the photos of {wildcards.corpus}"
    script:
        "../scripts/index_photos.py"
