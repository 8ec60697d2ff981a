rule fetch_source:
    """Fetch one file of a corpus, from the mirror or from where it is published."""
    output:
        file="data/sources/{collection}/{file}",
        receipt="data/sources/{collection}/{file}.receipt.json",
    log:
        "logs/fetch_source/{collection}/{file}.log",
    benchmark:
        "benchmarks/fetch_source/{collection}/{file}.tsv"
    wildcard_constraints:
        file=r"((?!\.receipt\.json).)+",
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("fetch_source"),
        tables=dump_own_table,
    message:
        "Fetching {wildcards.file} of {wildcards.collection}"
    script:
        "../scripts/fetch_source.py"


rule list_photos:
    """List the photos of a corpus and their tags; pictures are not opened yet."""
    input:
        sources=source_files,
        wordnet=WORDNET,
        removals=REMOVALS,
    output:
        listing="data/corpora/{corpus}/listing.parquet",
        drops="data/corpora/{corpus}/listing.drops.tsv",
        removed="data/corpora/{corpus}/listing.removed.tsv",
    log:
        "logs/list_photos/{corpus}.log",
    benchmark:
        "benchmarks/list_photos/{corpus}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("list_photos"),
        tables=dump_own_table,
        sample=lambda w: PARAMS.corpora.samples.get(w.corpus),
        users=lambda w: [PARAMS.corpora.user_ids, hash_salt(SALT)],
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Listing the photos of {wildcards.corpus}"
    script:
        "../scripts/list_photos.py"
