"""The tagger that comes with phototags, where params ask for it: `make box`."""

BOX = f"{MODELS}/box"
BOX_CORPORA = PARAMS.box.corpora if PARAMS.box else []
BOX_FILES = dict(
    features=[file for name in BOX_CORPORA for file in feature_files(name)],
    tags=[f"data/corpora/{name}/tags.parquet" for name in BOX_CORPORA],
    split=[f"data/corpora/{name}/split.parquet" for name in BOX_CORPORA],
)


RESIZED = PARAMS.box and PARAMS.box.size_invariance
RESIZED_FILE = f"data/features/{BACKBONE}/{RUN}-resized.safetensors" if RESIZED else []


rule embed_resized:
    """Compute features of some photos at a smaller size, to see what size changes."""
    input:
        shards=shard_files(RESIZED.corpus) if RESIZED else [],
        photos=f"data/corpora/{RESIZED.corpus}/photos.parquet" if RESIZED else [],
        weights=WEIGHTS,
    output:
        features=RESIZED_FILE or f"data/features/{BACKBONE}/resized.safetensors",
    log:
        f"logs/embed_resized/{RUN}.log",
    benchmark:
        f"benchmarks/embed_resized/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("embed_resized"),
        settings=dump_section(PARAMS.embed_photos),
        photos=RESIZED.photos if RESIZED else 0,
        width=RESIZED.width if RESIZED else 0,
        instruction_set=PARAMS.instruction_set,
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Embedding photos at a smaller size"
    script:
        "../scripts/embed_resized.py"


rule train_box:
    """Train one head on several corpora and calibrate it."""
    input:
        **BOX_FILES,
        resized=RESIZED_FILE,
        wordnet=WORDNET,
    output:
        model=f"{BOX}/model.safetensors",
        config=f"{BOX}/config.json",
        vocabulary=f"{BOX}/vocabulary.tsv",
        calibration=f"{BOX}/calibration.safetensors",
    log:
        f"logs/train_box/{RUN}.log",
    benchmark:
        f"benchmarks/train_box/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("train_box"),
        settings=dump_section(PARAMS.box) if PARAMS.box else "null",
        backbone=PARAMS.embed_photos.backbone,
        blacklist=lambda w: PARAMS.export.blacklist,
        shards=[len(feature_files(name)) for name in BOX_CORPORA],
        instruction_set=PARAMS.instruction_set,
    message:
        "Training the tagger in the box"
    script:
        "../scripts/train_box.py"


rule describe_box:
    """Score the tagger in the box on test photos, and describe it."""
    input:
        **BOX_FILES,
        resized=RESIZED_FILE,
        model=rules.train_box.output.model,
        config=rules.train_box.output.config,
        vocabulary=rules.train_box.output.vocabulary,
        calibration=rules.train_box.output.calibration,
        zero_shot=ZERO_SHOT,
    output:
        scores=f"{BOX}/scores.csv",
        card=f"{BOX}/MODEL_CARD.md",
    log:
        f"logs/describe_box/{RUN}.log",
    benchmark:
        f"benchmarks/describe_box/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("describe_box"),
        corpora=BOX_CORPORA,
        train=PARAMS.export.train,
        resized=RESIZED.corpus if RESIZED else None,
        shards=[len(feature_files(name)) for name in BOX_CORPORA],
    message:
        "Describing the tagger in the box"
    script:
        "../scripts/describe_box.py"
