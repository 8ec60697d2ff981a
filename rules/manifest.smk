"""What the results were made from, for `make check-results`."""

RESULT_FILES = [
    path
    for path in TARGETS
    if path.startswith(f"{RESULTS}/")
    if not path.endswith("report.html") and "/private/" not in path
]
SCRIPTS = sorted({re.sub(r"_\d+$", "", rule) for rule, of in JOBS.items() if of})


rule write_manifest:
    """Note the code, params and sources that the results were made from."""
    input:
        results=RESULT_FILES,
        receipts=[
            f"data/sources/{folder}/{file}.receipt.json"
            for folder, files in PLAN.sources.items()
            for file in files
        ],
    output:
        manifest=f"{RESULTS}/manifest.json",
    log:
        f"logs/write_manifest/{RUN}.log",
    benchmark:
        f"benchmarks/write_manifest/{RUN}.tsv"
    conda:
        "../envs/phototags.yaml"
    params:
        code=code("write_manifest"),
        made_by={name: code(name) for name in SCRIPTS},
        params=dump_section(PARAMS),
    message:
        "Noting what the results were made from"
    script:
        "../scripts/write_manifest.py"
