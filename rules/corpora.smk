rule fetch_source:
    """Bring one file of a corpus here, from the mirror or from where it is published."""
    input:
        code=code("fetch_source"),
    output:
        file="data/sources/{collection}/{file}",
        receipt="data/sources/{collection}/{file}.receipt.json",
    log:
        "logs/fetch_source/{collection}/{file}.log",
    benchmark:
        "benchmarks/fetch_source/{collection}/{file}.tsv"
    wildcard_constraints:
        file=r"(?!.*\.receipt\.json$).+",
    conda:
        "../envs/phototags.yaml"
    params:
        tables=table_settings,
    message:
        "Fetching {wildcards.file} of {wildcards.collection}"
    script:
        "../scripts/fetch_source.py"


rule list_photos:
    """Read what a corpus says of its photos; not yet the pictures."""
    input:
        sources=sources_of,
        wordnet=WORDNET,
        removals=REMOVALS,
        code=code("list_photos"),
    output:
        listing="data/corpora/{corpus}/listing.parquet",
        drops="data/corpora/{corpus}/listing.drops.tsv",
    log:
        "logs/list_photos/{corpus}.log",
    benchmark:
        "benchmarks/list_photos/{corpus}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        tables=table_settings,
        sample=lambda w: PARAMS.corpora.samples.get(w.corpus),
        users=[PARAMS.corpora.user_ids, PARAMS.corpora.salt],
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Listing the photos of {wildcards.corpus}"
    script:
        "../scripts/list_photos.py"


rule pack_photos:
    """Check the pictures of one shard and put those that can be used into a tar."""
    input:
        sources=sources_of,
        listing="data/corpora/{corpus}/listing.parquet",
        removals=REMOVALS,
        code=code("pack_photos"),
    output:
        shard="data/corpora/{corpus}/shards/{shard}.tar",
        table="data/corpora/{corpus}/shards/{shard}.parquet",
        drops="data/corpora/{corpus}/shards/{shard}.drops.tsv",
    log:
        "logs/pack_photos/{corpus}/{shard}.log",
    benchmark:
        "benchmarks/pack_photos/{corpus}/{shard}.tsv"
    wildcard_constraints:
        corpus=one_of(PACKAGED),
    conda:
        "../envs/phototags.yaml"
    params:
        tables=table_settings,
        shard_photos=PARAMS.corpora.shard_photos,
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Packing shard {wildcards.shard} of {wildcards.corpus}"
    script:
        "../scripts/pack_photos.py"


rule download_photos:
    """Ask the web for the photos of one shard; a rerun asks only what can end better."""
    input:
        listing="data/corpora/{corpus}/listing.parquet",
        removals=REMOVALS,
        code=code("download_photos"),
    output:
        shard="data/corpora/{corpus}/shards/{shard}.tar",
        table="data/corpora/{corpus}/shards/{shard}.parquet",
        drops="data/corpora/{corpus}/shards/{shard}.drops.tsv",
        downloads="data/corpora/{corpus}/shards/{shard}.downloads.parquet",
    log:
        "logs/download_photos/{corpus}/{shard}.log",
    benchmark:
        "benchmarks/download_photos/{corpus}/{shard}.tsv"
    wildcard_constraints:
        corpus=one_of(ON_THE_WEB),
    conda:
        "../envs/phototags.yaml"
    resources:
        downloads=1,
    params:
        settings=settings(PARAMS.download),
        licences=PARAMS.corpora.licences,
        shard_photos=PARAMS.corpora.shard_photos,
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
    message:
        "Downloading shard {wildcards.shard} of {wildcards.corpus}"
    script:
        "../scripts/download_photos.py"


rule collect_photos:
    """One table of the usable photos of a corpus, and one of those that were dropped."""
    input:
        listing="data/corpora/{corpus}/listing.parquet",
        listing_drops="data/corpora/{corpus}/listing.drops.tsv",
        tables=lambda w: shards_of(w.corpus, "parquet"),
        drops=lambda w: shards_of(w.corpus, "drops.tsv"),
        code=code("collect_photos"),
    output:
        photos="data/corpora/{corpus}/photos.parquet",
        drops="data/corpora/{corpus}/drops.tsv",
    log:
        "logs/collect_photos/{corpus}.log",
    benchmark:
        "benchmarks/collect_photos/{corpus}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        licences=PARAMS.corpora.licences,
    message:
        "Collecting the photos of {wildcards.corpus}"
    script:
        "../scripts/collect_photos.py"
