"""Everything that a run makes: the jobs of each rule, and the outputs of all of them."""

import itertools


def cross(**values):
    """A job for each combination of wildcards' values."""
    return [dict(zip(values, one)) for one in itertools.product(*values.values())]


def jobs(names, values):
    """A job for each tuple of wildcards' values."""
    return [dict(zip(names.split(), one)) for one in values]


def shards(corpora):
    return [
        dict(corpus=name, shard=shard)
        for name in corpora
        for shard in PLAN.shards(name)
    ]


TRAININGS = jobs("train system seed", PLAN.train_jobs)
WHOLE_TRAININGS = [job for job in TRAININGS if job["system"] in WITH_BACKBONE]
OF_RUN = [{}]
JOBS = {
    "fetch_source": jobs(
        "collection file",
        [(folder, file) for folder, files in PLAN.sources.items() for file in files],
    ),
    "list_photos": cross(corpus=PLAN.listed_corpora),
    "pack_photos": shards(PLAN.corpora_with_pictures("packaged")),
    "download_photos": shards(PLAN.corpora_with_pictures("web")),
    "collect_photos": cross(corpus=PLAN.picture_corpora),
    "view_photos": cross(corpus=PLAN.views),
    "clean_tags": cross(corpus=PLAN.corpora),
    "split_photos": cross(corpus=PLAN.corpora),
    "fetch_weights": cross(checkpoint=CHECKPOINTS + ["minilm"] * len(ENCODER_WEIGHTS)),
    "embed_photos": shards(PLAN.picture_corpora),
    "find_duplicates": jobs("train test", PLAN.train_test_pairs),
    "choose_training": cross(train=PLAN.train_corpora),
    "build_vocabulary": cross(train=PLAN.train_corpora),
    "embed_text": OF_RUN if PARAMS.embed_tags.init == "text" else [],
    "embed_tags": cross(train=PLAN.train_corpora, seed=PLAN.seeds),
    "map_tags": cross(train=PLAN.train_corpora),
    "describe_users": jobs("train test", PLAN.described_pairs),
    "map_users": cross(train=PLAN.user_comparisons),
    "compare_users": cross(train=PLAN.user_comparisons),
    "draw_tag_curves": cross(train=PLAN.user_comparisons),
    "train_tagger": [job for job in TRAININGS if job not in WHOLE_TRAININGS],
    "train_with_backbone": WHOLE_TRAININGS,
    "embed_with_tagger": [
        job | shard
        for job in WHOLE_TRAININGS
        for shard in shards(
            dict.fromkeys(
                map(PLAN.pictures_of, PLAN.tests(job["train"], job["system"]))
            )
        )
    ],
    **{
        f"score_tagger{rule_suffix(number)}": [
            job for job in TRAININGS if job["train"] == train and job["system"] in of
        ]
        for number, (train, _, of) in enumerate(PLAN.score_groups, start=1)
    },
    "score_tag_vectors": jobs("train test", PLAN.train_test_pairs),
    "summarise_scores": OF_RUN,
    "score_split": jobs("train split", SPLIT_JOBS),
    "summarise_splits": OF_RUN if SPLIT_JOBS else [],
    "write_tables": OF_RUN,
    "plot_scores": OF_RUN,
    "plot_examples": OF_RUN if PARAMS.report.show_photos else [],
    "write_report": OF_RUN,
    "choose_tagger": OF_RUN if CHOICE else [],
    "export_tagger": OF_RUN,
    "score_probabilities": OF_RUN,
    "measure_learnability": OF_RUN,
    "write_model_card": OF_RUN,
    "score_zero_shot": cross(train=PLAN.train_corpora) if ENCODERS else [],
    "write_zero_shot": OF_RUN if ENCODERS else [],
    "fit_zero_shot": OF_RUN if ENCODERS else [],
    "train_box": OF_RUN if PARAMS.box else [],
    "describe_box": OF_RUN if PARAMS.box else [],
    "index_photos": cross(corpus=PLAN.corpora),
}
# Every file that DVC versions is a target, not only the last table: a clone has the tables that
# git tracks, and a vocabulary or a model that somebody deleted must be missed.
TARGETS = [
    output.format(**job)
    for rule, of in JOBS.items()
    for output in getattr(rules, rule).output
    for job in of
]
