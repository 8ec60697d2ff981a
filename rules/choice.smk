"""Which tagger is exported: that of the params, or the one that validation prefers."""

EXPORTED = (PARAMS.export.train, PARAMS.export.system, PARAMS.export.seed)
CHOICE = [] if PARAMS.export.system else [f"{MODELS}/choice.json"]
EXPORTED_BACKBONE = ["backbone.safetensors"] * (PARAMS.export.system in WITH_BACKBONE)


def exported_file(file):
    """Function of wildcards: a file of the tagger to export, once its system is chosen."""
    return lambda w: tagger_file(
        PARAMS.export.train, exported_system(), PARAMS.export.seed, file
    )


def exported_system():
    """System to export: that of the params, or what choose_tagger chose."""
    if PARAMS.export.system:
        return PARAMS.export.system
    with open(checkpoints.choose_tagger.get().output.choice) as file:
        return json.load(file)["system"]


# A checkpoint: which tagger's files are exported is known once it has run.
checkpoint choose_tagger:
    """Choose the system to export by its validation mAP, where the params name none."""
    input:
        histories=[
            tagger_file(PARAMS.export.train, system, seed, "history.csv")
            for system in PARAMS.export_candidates
            for seed in PARAMS.train.seeds
        ],
    output:
        choice=f"{MODELS}/choice.json",
    log:
        f"logs/choose_tagger/{RUN}.log",
    benchmark:
        f"benchmarks/choose_tagger/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("choose_tagger"),
        systems=[one for one in PARAMS.export_candidates for _ in PARAMS.train.seeds],
    message:
        "Choosing the tagger to export"
    script:
        "../scripts/choose_tagger.py"
