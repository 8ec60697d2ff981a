rule describe_users:
    """Compute descriptors of each photo's user from the user's other photos."""
    input:
        train_features=lambda w: feature_files(w.train),
        train_split=train_split,
        train_tags=f"{TRAIN_DIR}/tags.parquet",
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        vectors=f"{TRAIN_DIR}/seed{PARAMS.train.seeds[0]}/tag_vectors.safetensors",
        features=lambda w: feature_files(w.test),
        tags=tags_file,
        split=split_file,
        photos="data/corpora/{test}/photos.parquet",
    output:
        users=f"{TRAIN_DIR}/users_{{test}}.safetensors",
    log:
        f"logs/describe_users/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/describe_users/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("describe_users"),
        settings=PARAMS.users and dump_section(PARAMS.users),
        wide=PLAN.wide_descriptors,
        instruction_set=PARAMS.instruction_set,
    message:
        "Describing the users of {wildcards.test} to those who learn from {wildcards.train}"
    script:
        "../scripts/describe_users.py"


rule map_users:
    """Compute a 2-D map of the users as a tagger embeds them."""
    input:
        model=lambda w: first_user_system_file(w.train, "model.safetensors"),
        config=lambda w: first_user_system_file(w.train, "config.json"),
        users=lambda w: user_files(w.train, w.train),
        tags=f"{TRAIN_DIR}/tags.parquet",
        split=train_split,
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
    output:
        map=f"{TRAIN_DIR}/user_map.tsv",
        figure=f"{RESULTS}/figures/users_{{train}}.svg",
    log:
        f"logs/map_users/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/map_users/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("map_users"),
    message:
        "Mapping the users of {wildcards.train}"
    script:
        "../scripts/map_users.py"
