rule summarise_scores:
    """Collect all scores of the run, and all drops, in one table each."""
    input:
        scores=SCORES,
        tag_scores=TAG_SCORES,
        histories=HISTORIES,
        drops=DROPS,
    output:
        scores=f"{RESULTS}/scores.csv",
        tag_vectors=f"{RESULTS}/tag_vectors.csv",
        metrics=f"{RESULTS}/metrics.json",
        losses=f"{RESULTS}/losses.csv",
        drops=f"{RESULTS}/drops.csv",
    log:
        f"logs/summarise_scores/{RUN}.log",
    benchmark:
        f"benchmarks/summarise_scores/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("summarise_scores"),
        taggers=[list(tagger) for tagger in TAGGERS],
        jobs=[list(job) for job in PLAN.score_jobs],
        pairs=[list(pair) for pair in PLAN.train_test_pairs],
    message:
        "Summarising the scores"
    script:
        "../scripts/summarise_scores.py"


rule write_tables:
    """Write the scores as Markdown tables."""
    input:
        scores=f"{RESULTS}/scores.csv",
        tag_vectors=f"{RESULTS}/tag_vectors.csv",
    output:
        tables=[f"{RESULTS}/tables/{name}.md" for name in TABLES],
    log:
        f"logs/write_tables/{RUN}.log",
    benchmark:
        f"benchmarks/write_tables/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("write_tables"),
        names=TABLES,
        backbone=PARAMS.embed_photos.backbone,
    message:
        "Writing the tables"
    script:
        "../scripts/write_tables.py"
