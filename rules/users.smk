rule describe_users:
    """What the other photos of each photo's user tell, and which photos only tell."""
    input:
        train_features=lambda w: features_of(w.train),
        train_split=f"{LEARNED}/split.parquet",
        train_tags=f"{LEARNED}/tags.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        vectors=f"{LEARNED}/seed{PARAMS.train.seeds[0]}/tag_vectors.safetensors",
        features=lambda w: features_of(w.test),
        tags=test_tags,
        split=learned_split,
        photos="data/corpora/{test}/photos.parquet",
    output:
        users=f"{LEARNED}/users_{{test}}.safetensors",
    log:
        f"logs/describe_users/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/describe_users/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("describe_users"),
        settings=PARAMS.users and settings(PARAMS.users),
        instruction_set=PARAMS.instruction_set,
    message:
        "Describing the users of {wildcards.test} to those who learn from {wildcards.train}"
    script:
        "../scripts/describe_users.py"


rule map_users:
    """Where a tagger that knows users puts them."""
    input:
        model=lambda w: of_first_knowing(w.train, "model.safetensors"),
        config=lambda w: of_first_knowing(w.train, "config.json"),
        users=lambda w: users_of(w.train, w.train),
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
    output:
        map=f"{LEARNED}/user_map.tsv",
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
