rule plot_scores:
    """Plot the scores with their intervals, and the training curves."""
    input:
        scores=f"{RESULTS}/scores.csv",
        losses=f"{RESULTS}/losses.csv",
    output:
        figures=[f"{RESULTS}/figures/scores.svg", f"{RESULTS}/figures/losses.svg"],
    log:
        f"logs/plot_scores/{RUN}.log",
    benchmark:
        f"benchmarks/plot_scores/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("plot_scores"),
    message:
        "Plotting the scores"
    script:
        "../scripts/plot_scores.py"


rule plot_examples:
    """Draw a contact sheet of test photos with the exported tagger's first tags."""
    input:
        photos=f"data/corpora/{PARAMS.export.train}/photos.parquet",
        shards=shard_files(PARAMS.export.train),
        tags=f"data/corpora/{PARAMS.export.train}/tags.parquet",
        predictions=exported_file(f"predictions_{PARAMS.export.train}.parquet"),
    output:
        figure=f"{EXAMPLES}/examples.png",
    log:
        f"logs/plot_examples/{RUN}.log",
    benchmark:
        f"benchmarks/plot_examples/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("plot_examples"),
    message:
        "Drawing examples"
    script:
        "../scripts/plot_examples.py"


rule write_report:
    """Write the report, one HTML page that needs no network."""
    input:
        scores=f"{RESULTS}/scores.csv",
        losses=f"{RESULTS}/losses.csv",
        drops=f"{RESULTS}/drops.csv",
        tables=[
            f"{RESULTS}/tables/{name}.md"
            for name in SPLIT_TABLES
            + TABLES
            + ZERO_SHOT_TABLES
            + USER_TABLES
            + ["probabilities"]
        ],
        figures=[f"{RESULTS}/figures/{name}.svg" for name in FIGURES],
        predictions=[
            tagger_file(train, system, seed, f"predictions_{test}.parquet")
            for train, test, system, seed in PLAN.score_jobs
            if seed == PARAMS.train.seeds[0]
        ],
        photos=[f"data/corpora/{name}/photos.parquet" for name in PLAN.corpora],
        tags=[f"data/corpora/{name}/tags.parquet" for name in PLAN.corpora],
        shards=[shard for name in PLAN.picture_corpora for shard in shard_files(name)],
        tag_maps=[f"{MODELS}/{train}/tag_map.tsv" for train in PLAN.train_corpora],
        nearest_tags=[
            f"{MODELS}/{train}/nearest_tags.tsv" for train in PLAN.train_corpora
        ],
        learnability=f"{RESULTS}/tables/learnability.csv",
        template="phototags/report/templates/report.html",
    output:
        report=f"{RESULTS}/report.html",
    log:
        f"logs/write_report/{RUN}.log",
    benchmark:
        f"benchmarks/write_report/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("write_report"),
        settings=dump_section(PARAMS.report),
        run=RUN,
    message:
        "Writing the report"
    script:
        "../scripts/write_report.py"
