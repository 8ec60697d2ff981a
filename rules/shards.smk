rule pack_photos:
    """Check the pictures of one shard and pack the usable ones into a tar."""
    input:
        sources=source_files,
        listing="data/corpora/{corpus}/listing.parquet",
        removals=REMOVALS,
    output:
        shard="data/corpora/{corpus}/shards/{shard}.tar",
        table="data/corpora/{corpus}/shards/{shard}.parquet",
        drops="data/corpora/{corpus}/shards/{shard}.drops.tsv",
    log:
        "logs/pack_photos/{corpus}/{shard}.log",
    benchmark:
        "benchmarks/pack_photos/{corpus}/{shard}.tsv"
    wildcard_constraints:
        corpus=match_any(PLAN.corpora_with_pictures("packaged")),
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("pack_photos"),
        tables=dump_own_table,
        shard_photos=lambda w: PLAN.shard_photos(w.corpus),
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
        keep_exif=PARAMS.corpora.keep_exif,
    message:
        "Packing shard {wildcards.shard} of {wildcards.corpus}"
    script:
        "../scripts/pack_photos.py"


rule download_photos:
    """Download the photos of one shard; a rerun asks only for those that failed for a time."""
    input:
        listing="data/corpora/{corpus}/listing.parquet",
        removals=REMOVALS,
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
        corpus=match_any(PLAN.corpora_with_pictures("web")),
    conda:
        "../envs/phototags.yaml"
    resources:
        downloads=1,
    params:
        code=code("download_photos"),
        settings=dump_section(PARAMS.download),
        licences=PARAMS.corpora.licences,
        shard_photos=lambda w: PLAN.shard_photos(w.corpus),
        max_pixels=PARAMS.corpora.max_pixels,
        max_bytes=PARAMS.corpora.max_bytes,
        keep_exif=PARAMS.corpora.keep_exif,
    message:
        "Downloading shard {wildcards.shard} of {wildcards.corpus}"
    script:
        "../scripts/download_photos.py"


rule collect_photos:
    """Collect the usable photos of a corpus in one table, and the dropped in another."""
    input:
        listing="data/corpora/{corpus}/listing.parquet",
        listing_drops="data/corpora/{corpus}/listing.drops.tsv",
        tables=lambda w: shard_files(w.corpus, "parquet"),
        drops=lambda w: shard_files(w.corpus, "drops.tsv"),
    output:
        photos="data/corpora/{corpus}/photos.parquet",
        drops="data/corpora/{corpus}/drops.tsv",
    log:
        "logs/collect_photos/{corpus}.log",
    benchmark:
        "benchmarks/collect_photos/{corpus}.tsv"
    wildcard_constraints:
        corpus=match_any(PLAN.picture_corpora),
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("collect_photos"),
        shard_photos=lambda w: PLAN.shard_photos(w.corpus),
        licences=PARAMS.corpora.licences,
    message:
        "Collecting the photos of {wildcards.corpus}"
    script:
        "../scripts/collect_photos.py"


rule view_photos:
    """Give the photos of a corpus the tags of a view of it; nothing is packed again."""
    input:
        photos=lambda w: f"data/corpora/{PLAN.pictures_of(w.corpus)}/photos.parquet",
        photo_drops=lambda w: f"data/corpora/{PLAN.pictures_of(w.corpus)}/drops.tsv",
        listing="data/corpora/{corpus}/listing.parquet",
        listing_drops="data/corpora/{corpus}/listing.drops.tsv",
    output:
        photos="data/corpora/{corpus}/photos.parquet",
        drops="data/corpora/{corpus}/drops.tsv",
    log:
        "logs/view_photos/{corpus}.log",
    benchmark:
        "benchmarks/view_photos/{corpus}.tsv"
    wildcard_constraints:
        corpus=match_any(PLAN.views),
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("view_photos"),
    message:
        "Listing the packed photos of {wildcards.corpus}"
    script:
        "../scripts/view_photos.py"
