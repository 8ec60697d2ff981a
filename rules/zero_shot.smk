"""Search by words that no tag means: its model and its scores, where params ask for it."""

ENCODERS = PARAMS.zero_shot.encoders if PARAMS.zero_shot else []
ENCODER_WEIGHTS = ["data/weights/minilm/model.safetensors"] * ("minilm" in ENCODERS)
ZERO_SHOT = [f"{MODELS}/tagger/zero_shot.safetensors"] * bool(ENCODERS)
CAPTIONED = PARAMS.zero_shot.captions if PARAMS.zero_shot else []
CAPTION_FILES = {name: [f"data/corpora/{name}/photos.parquet"] for name in CAPTIONED}


rule fit_zero_shot:
    """Fit the zero-shot model beside the exported tagger."""
    input:
        features=tagger_features(*EXPORTED, PARAMS.export.train),
        tags=f"{MODELS}/{PARAMS.export.train}/tags.parquet",
        split=f"{MODELS}/{PARAMS.export.train}/split.parquet",
        vocabulary=f"{MODELS}/{PARAMS.export.train}/vocabulary.tsv",
        captions=CAPTION_FILES.get(PARAMS.export.train, []),
        weights=ENCODER_WEIGHTS,
    output:
        model=f"{MODELS}/tagger/zero_shot.safetensors",
    log:
        f"logs/fit_zero_shot/{RUN}.log",
    benchmark:
        f"benchmarks/fit_zero_shot/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("fit_zero_shot"),
        encoders=ENCODERS[:1],
        blacklist=lambda w: PARAMS.export.blacklist,
        instruction_set=PARAMS.instruction_set,
    message:
        "Fitting zero-shot search"
    script:
        "../scripts/fit_zero_shot.py"


rule score_zero_shot:
    """Score zero-shot search by tags held out of training, and by captions."""
    input:
        features=lambda w: feature_files(w.train),
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        captions=lambda w: CAPTION_FILES.get(w.train, []),
        weights=ENCODER_WEIGHTS,
    output:
        scores=f"{TRAIN_DIR}/zero_shot.csv",
    log:
        f"logs/score_zero_shot/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/score_zero_shot/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("score_zero_shot"),
        encoders=ENCODERS,
        blacklist=lambda w: PARAMS.export.blacklist,
        settings=dump_section(PARAMS.score),
        instruction_set=PARAMS.instruction_set,
    message:
        "Scoring zero-shot search of {wildcards.train}"
    script:
        "../scripts/score_zero_shot.py"


rule write_zero_shot:
    """Write the scores of zero-shot search as one table."""
    input:
        scores=[f"{MODELS}/{train}/zero_shot.csv" for train in PLAN.train_corpora],
    output:
        scores=f"{RESULTS}/tables/zero_shot.csv",
        table=f"{RESULTS}/tables/zero_shot.md",
    log:
        f"logs/write_zero_shot/{RUN}.log",
    benchmark:
        f"benchmarks/write_zero_shot/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("write_zero_shot"),
        corpora=PLAN.train_corpora,
    message:
        "Writing the scores of zero-shot search"
    script:
        "../scripts/write_zero_shot.py"
