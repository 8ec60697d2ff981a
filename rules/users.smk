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
        code=code("describe_users"),
    output:
        users=f"{LEARNED}/users_{{test}}.safetensors",
    log:
        f"logs/describe_users/{RUN}/{{train}}/{{test}}.log",
    benchmark:
        f"benchmarks/describe_users/{RUN}/{{train}}/{{test}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        settings=PARAMS.users and settings(PARAMS.users),
        instruction_set=PARAMS.instruction_set,
    message:
        "Describing the users of {wildcards.test} to those who learn from {wildcards.train}"
    script:
        "../scripts/describe_users.py"


rule compare_users:
    """What it gains to know whose photo it is."""
    input:
        scores=lambda w: [
            tagger(w.train, system, seed, f"scores_{w.train}.parquet")
            for system in ranked(w.train)
            for seed in PARAMS.train.seeds
        ],
        predictions=lambda w: [
            tagger(w.train, system, seed, f"predictions_{w.train}.parquet")
            for system in ranked(w.train)
            for seed in PARAMS.train.seeds
        ],
        tags=f"{LEARNED}/tags.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        code=code("compare_users"),
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
        systems=lambda w: json.dumps(
            {n: s.model_dump() for n, s in ranked(w.train).items()}
        ),
        seeds=PARAMS.train.seeds,
        bootstrap=dict(resamples=PARAMS.score.resamples, seed=PARAMS.score.seed),
    message:
        "Comparing what knows the users of {wildcards.train} with what does not"
    script:
        "../scripts/compare_users.py"


rule map_users:
    """Where a tagger that knows users puts them."""
    input:
        model=lambda w: tagger(
            w.train, knowing(w.train)[0], PARAMS.train.seeds[0], "model.safetensors"
        ),
        config=lambda w: tagger(
            w.train, knowing(w.train)[0], PARAMS.train.seeds[0], "config.json"
        ),
        users=lambda w: users_of(w.train, w.train),
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        code=code("map_users"),
    output:
        map=f"{LEARNED}/user_map.tsv",
        figure=f"{RESULTS}/figures/users_{{train}}.svg",
    log:
        f"logs/map_users/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/map_users/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    message:
        "Mapping the users of {wildcards.train}"
    script:
        "../scripts/map_users.py"


rule draw_tag_curves:
    """Single tags, ranked by those who know the user and by who does not."""
    input:
        models=lambda w: [
            tagger(w.train, system, PARAMS.train.seeds[0], "model.safetensors")
            for system in one_of_each(w.train)
        ],
        configs=lambda w: [
            tagger(w.train, system, PARAMS.train.seeds[0], "config.json")
            for system in one_of_each(w.train)
        ],
        features=lambda w: features_of(w.train),
        users=lambda w: users_of(w.train, w.train),
        tags=f"{LEARNED}/tags.parquet",
        split=f"{LEARNED}/split.parquet",
        vocabulary=f"{LEARNED}/vocabulary.tsv",
        gains=f"{RESULTS}/tables/users_{{train}}.csv",
        found=f"{RESULTS}/tables/user_tags_{{train}}.csv",
        code=code("draw_tag_curves"),
    output:
        figure=f"{RESULTS}/figures/tag_curves_{{train}}.svg",
    log:
        f"logs/draw_tag_curves/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/draw_tag_curves/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        systems=lambda w: one_of_each(w.train),
        instruction_set=PARAMS.instruction_set,
    message:
        "Drawing single tags of {wildcards.train}, with and without the user"
    script:
        "../scripts/draw_tag_curves.py"
