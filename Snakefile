"""phototags: from public photos and the tags people gave them to a tagger and a search by words."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "params.yaml"


include: "rules/params.smk"
include: "rules/files.smk"


wildcard_constraints:
    collection=match_any(PLAN.sources),
    corpus=match_any(PLAN.listed_corpora),
    train=match_any(PLAN.train_corpora),
    test=match_any(PLAN.corpora),
    system=match_any(PARAMS.train.systems),
    seed=r"\d+",
    shard=r"\d{5}",


include: "rules/choice.smk"
include: "rules/zero_shot.smk"
include: "rules/summaries.smk"
include: "rules/corpora.smk"
include: "rules/shards.smk"
include: "rules/tags.smk"
include: "rules/embeddings.smk"
include: "rules/contamination.smk"
include: "rules/users.smk"
include: "rules/comparisons.smk"
include: "rules/taggers.smk"
include: "rules/backbones.smk"
include: "rules/evaluation.smk"
include: "rules/scores.smk"
include: "rules/splits.smk"
include: "rules/export.smk"
include: "rules/box.smk"
include: "rules/index.smk"
include: "rules/pages.smk"
include: "rules/targets.smk"
include: "rules/manifest.smk"


rule all:
    default_target: True
    input:
        TARGETS,
        rules.write_manifest.output,
