rule export_tagger:
    """Export a trained tagger as a folder of its own."""
    input:
        model=exported_file("model.safetensors"),
        config=exported_file("config.json"),
        backbone=[tagger_file(*EXPORTED, file) for file in EXPORTED_BACKBONE],
        vocabulary=f"{MODELS}/{PARAMS.export.train}/vocabulary.tsv",
        candidates=f"{MODELS}/{PARAMS.export.train}/candidates.tsv",
        features=tagger_features(*EXPORTED, PARAMS.export.train),
        tags=f"{MODELS}/{PARAMS.export.train}/tags.parquet",
        split=f"{MODELS}/{PARAMS.export.train}/split.parquet",
    output:
        model=f"{MODELS}/tagger/model.safetensors",
        config=f"{MODELS}/tagger/config.json",
        backbone=[f"{MODELS}/tagger/{file}" for file in EXPORTED_BACKBONE],
        vocabulary=f"{MODELS}/tagger/vocabulary.tsv",
        calibration=f"{MODELS}/tagger/calibration.safetensors",
    log:
        f"logs/export_tagger/{RUN}.log",
    benchmark:
        f"benchmarks/export_tagger/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("export_tagger"),
        blacklist=lambda w: PARAMS.export.blacklist,
    message:
        "Exporting the tagger"
    script:
        "../scripts/export_tagger.py"


rule score_probabilities:
    """Score the exported tagger's probabilities on the test photos of its training corpus."""
    input:
        model=rules.export_tagger.output.model,
        config=rules.export_tagger.output.config,
        vocabulary=rules.export_tagger.output.vocabulary,
        calibration=rules.export_tagger.output.calibration,
        features=tagger_features(*EXPORTED, PARAMS.export.train),
        tags=f"{MODELS}/{PARAMS.export.train}/tags.parquet",
        split=f"{MODELS}/{PARAMS.export.train}/split.parquet",
    output:
        reliability=f"{RESULTS}/tables/reliability.csv",
        cuts=f"{RESULTS}/tables/cuts.csv",
        table=f"{RESULTS}/tables/probabilities.md",
        figure=f"{RESULTS}/figures/reliability.svg",
    log:
        f"logs/score_probabilities/{RUN}.log",
    benchmark:
        f"benchmarks/score_probabilities/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("score_probabilities"),
        instruction_set=PARAMS.instruction_set,
    message:
        "Scoring the exported tagger's probabilities"
    script:
        "../scripts/score_probabilities.py"


rule measure_learnability:
    """Measure how well the exported tagger knows each tag."""
    input:
        model=rules.export_tagger.output.model,
        config=rules.export_tagger.output.config,
        vocabulary=rules.export_tagger.output.vocabulary,
        candidates=f"{MODELS}/{PARAMS.export.train}/candidates.tsv",
        features=tagger_features(*EXPORTED, PARAMS.export.train),
        tags=f"{MODELS}/{PARAMS.export.train}/tags.parquet",
        split=f"{MODELS}/{PARAMS.export.train}/split.parquet",
    output:
        table=f"{RESULTS}/tables/learnability.csv",
    log:
        f"logs/measure_learnability/{RUN}.log",
    benchmark:
        f"benchmarks/measure_learnability/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("measure_learnability"),
        instruction_set=PARAMS.instruction_set,
        settings=dump_section(PARAMS.score),
    message:
        "Measuring each tag"
    script:
        "../scripts/measure_learnability.py"


rule write_model_card:
    """Describe the exported tagger: its data, scores and limits."""
    input:
        config=rules.export_tagger.output.config,
        vocabulary=rules.export_tagger.output.vocabulary,
        scores=f"{RESULTS}/scores.csv",
        reliability=rules.score_probabilities.output.reliability,
        cuts=rules.score_probabilities.output.cuts,
        choice=CHOICE,
    output:
        card=f"{MODELS}/tagger/MODEL_CARD.md",
    log:
        f"logs/write_model_card/{RUN}.log",
    benchmark:
        f"benchmarks/write_model_card/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("write_model_card"),
        run=RUN,
        export=dump_section(PARAMS.export),
    message:
        "Describing the exported tagger"
    script:
        "../scripts/write_model_card.py"
