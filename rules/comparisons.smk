rule compare_users:
    """What it gains to know whose photo it is."""
    input:
        scores=lambda w: of_ranked(w.train, f"scores_{w.train}.parquet"),
        predictions=lambda w: of_ranked(w.train, f"predictions_{w.train}.parquet"),
        tags=f"{LEARNED}/tags.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
    output:
        table=f"{RESULTS}/tables/users_{{train}}.md",
        lists=f"{RESULTS}/tables/user_tags_{{train}}.md",
        gains=f"{RESULTS}/tables/users_{{train}}.csv",
        tags=f"{RESULTS}/tables/user_tags_{{train}}.csv",
    log:
        f"logs/compare_users/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/compare_users/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("compare_users"),
        systems=lambda w: json.dumps(
            {n: s.model_dump() for n, s in PLAN.ranked(w.train).items()}
        ),
        seeds=PARAMS.train.seeds,
        bootstrap=dict(resamples=PARAMS.score.resamples, seed=PARAMS.score.seed),
    message:
        "Comparing what knows the users of {wildcards.train} with what does not"
    script:
        "../scripts/compare_users.py"


rule draw_tag_curves:
    """Single tags, ranked by those who know the user and by who does not."""
    input:
        models=lambda w: of_first_models(w.train, "model.safetensors"),
        configs=lambda w: of_first_models(w.train, "config.json"),
        features=lambda w: features_of(w.train),
        users=lambda w: users_of(w.train, w.train),
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        gains=f"{RESULTS}/tables/users_{{train}}.csv",
        found=f"{RESULTS}/tables/user_tags_{{train}}.csv",
    output:
        figure=f"{RESULTS}/figures/tag_curves_{{train}}.svg",
    log:
        f"logs/draw_tag_curves/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/draw_tag_curves/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("draw_tag_curves"),
        systems=lambda w: PLAN.one_of_each(w.train),
        instruction_set=PARAMS.instruction_set,
    message:
        "Drawing single tags of {wildcards.train}, with and without the user"
    script:
        "../scripts/draw_tag_curves.py"
