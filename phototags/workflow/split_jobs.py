"""Which systems and test corpora are scored on further splits of a training corpus."""

from phototags.workflow.plan import Plan


def list_split_systems(plan: Plan, train: str) -> list[str]:
    """Systems trained on a corpus that learn from features alone, in the order of the run."""
    systems = plan.params.train.systems
    return [
        name
        for of, name in plan.taggers
        if of == train
        if not systems[name].learns_backbone
        if not systems[name].uses_users
        if systems[name].source is None
    ]


def list_split_tests(plan: Plan, train: str) -> list[str]:
    """Test corpora of a training corpus: itself, and those whose pictures no system learns from.

    The others are split by `split.seed`, so that a further split of the training corpus could
    learn from their test photos.
    """
    tests = [test for of, test in plan.train_test_pairs if of == train]
    return [test for test in tests if test == train or not plan.learned_from(test)]


def list_split_corpora(plan: Plan) -> list[str]:
    """Training corpora of `splits.corpora` that have something to score on further splits."""
    chosen = plan.params.splits.corpora if plan.params.splits else []
    return [
        train
        for train in plan.train_corpora
        if train in chosen
        if list_split_systems(plan, train) and list_split_tests(plan, train)
    ]
