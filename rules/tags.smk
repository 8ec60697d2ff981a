rule clean_tags:
    """Normalise the spelling of the tags, once for each distinct spelling."""
    input:
        photos="data/corpora/{corpus}/photos.parquet",
        split="data/corpora/{corpus}/split.parquet",
    output:
        tags="data/corpora/{corpus}/tags.parquet",
        spelling="data/corpora/{corpus}/spelling.tsv",
    log:
        "logs/clean_tags/{corpus}.log",
    benchmark:
        "benchmarks/clean_tags/{corpus}.tsv"
    conda:
        "../envs/phototags.yaml"
    resources:  # changes no result, so it is no parameter
        chunk_photos=PARAMS.vocabulary.chunk_photos,
    params:
        code=code("clean_tags"),
    message:
        "Cleaning the tags of {wildcards.corpus}"
    script:
        "../scripts/clean_tags.py"


rule split_photos:
    """Split a corpus into training, validation and test part, by whole users."""
    input:
        photos="data/corpora/{corpus}/photos.parquet",
    output:
        split="data/corpora/{corpus}/split.parquet",
    log:
        "logs/split_photos/{corpus}.log",
    benchmark:
        "benchmarks/split_photos/{corpus}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("split_photos"),
        settings=dump_section(PARAMS.split),
        trained=lambda w: PLAN.learned_from(w.corpus),
    message:
        "Splitting the users of {wildcards.corpus}"
    script:
        "../scripts/split_photos.py"


rule build_vocabulary:
    """Choose the vocabulary from the training part, and merge tags that mean the same."""
    input:
        tags="data/corpora/{train}/tags.parquet",
        split=train_split,
        features=lambda w: feature_files(w.train),
        wordnet=WORDNET,
        lists=WORD_LISTS,
    output:
        vocabulary=f"{TRAIN_DIR}/vocabulary.tsv",
        candidates=f"{TRAIN_DIR}/candidates.tsv",
        tags=f"{TRAIN_DIR}/tags.parquet",
    log:
        f"logs/build_vocabulary/{RUN}/{{train}}.log",
    benchmark:
        f"benchmarks/build_vocabulary/{RUN}/{{train}}.tsv"
    conda:
        "../envs/phototags.yaml"
    resources:
        chunk_photos=PARAMS.vocabulary.chunk_photos,
    params:
        code=code("build_vocabulary"),
        settings=dump_section(PARAMS.vocabulary, "chunk_photos"),
        instruction_set=PARAMS.instruction_set,
    message:
        "Building the vocabulary of {wildcards.train}"
    script:
        "../scripts/build_vocabulary.py"
