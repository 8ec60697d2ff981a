rule compare_users:
    """Compare systems that know the photo's user with systems that do not."""
    input:
        scores=lambda w: compared_files(w.train, f"scores_{w.train}.parquet"),
        predictions=lambda w: compared_files(w.train, f"predictions_{w.train}.parquet"),
        models=lambda w: compared_files(w.train, "model.safetensors"),
        configs=lambda w: compared_files(w.train, "config.json"),
        features=lambda w: feature_files(w.train),
        users=lambda w: user_files(w.train, w.train),
        split=train_split,
        tags=f"{TRAIN_DIR}/tags.parquet",
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
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
            {n: s.model_dump() for n, s in PLAN.compared_systems(w.train).items()}
        ),
        settings=dump_section(PARAMS.score),
        instruction_set=PARAMS.instruction_set,
    message:
        "Comparing what knows the users of {wildcards.train} with what does not"
    script:
        "../scripts/compare_users.py"


rule draw_tag_curves:
    """Plot precision over recall of single tags, with and without the user."""
    input:
        models=lambda w: first_model_files(w.train, "model.safetensors"),
        configs=lambda w: first_model_files(w.train, "config.json"),
        features=lambda w: feature_files(w.train),
        users=lambda w: user_files(w.train, w.train),
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
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
        systems=lambda w: PLAN.first_of_each_model(w.train),
        instruction_set=PARAMS.instruction_set,
    message:
        "Drawing single tags of {wildcards.train}, with and without the user"
    script:
        "../scripts/draw_tag_curves.py"
