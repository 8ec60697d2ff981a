"""Markdown pages that compare systems with and without users, as Denton et al. (KDD 2015)."""

import pandas as pd

from phototags.evaluation.users.relative_improvement import (
    ALL,
    BALANCED,
    BIASED,
    CONTROLS,
    MULTIPLICATIVE,
    NATURAL,
    NEW,
)
from phototags.report.markdown import format_page, format_table
from phototags.systems.bases.user import WIDE

NAMES = dict(zip(NATURAL, ("P@1", "R@10", "A@10"), strict=True))
PUBLISHED = {
    "bilinear": (7.37, 11.71, 18.69),
    "frequency": (3.04, 5.63, 9.45),
    "user-biased": (9.02, 13.63, 21.88),
    "user-multiplicative": (9.03, 13.81, 22.04),
}
"""P@1, R@10 and A@10 in percent on 20 million photos of a social network, for improvements only."""

MAX_FREQUENT, MAX_LISTED, MIN_PHOTOS = 20, 10, 5
"""Frequent tags, tags of the other lists, and test photos that a tag of those must have."""

EXPLAINED = (
    "Relative improvements in percent over the bilinear model that was trained in the same way. In "
    "brackets the 95 % interval over resamples of users, paired, wide where few users have most "
    "photos. A user is described by the photos of the user's history, which no system trains on "
    "and no score counts. `the user's tags`: whether the tags of the history are used or only its "
    "pictures; `no user`: the model is the same, but every user is unknown. "
    "`user-frequency` and `user-neighbours` are controls that learn nothing of users: they repeat "
    "the commonest tags of the user's history, and those of the history's photos that are most "
    "alike. "
    "Published: 20 million photos of a social network, users described by age, gender and home; "
    "only improvements can be compared, never the scores themselves. Published controls know no "
    "user: `frequency` gives the commonest tags of all photos."
)
MULTIPLIED = (
    "Relative improvement of `user-multiplicative` over `user-biased` with equal settings, and "
    "over itself with every user unknown: the second shows how much of the improvement is due to "
    "the user and not to the model's form or settings."
)
CONTROLLED = (
    "Relative improvement over the controls. `new tags`: of the photos of which no photo of the "
    "user's history has exactly the same tags, photos of users without a history among them; of "
    "the others, a tag list that was seen before is right."
)
ON_NEW = "The scores on the photos with new tags: {photos:,} photos of {users:,} users."
BALANCED_TEST = (
    "The same on a balanced test, as published: a tag is drawn, all equally often, and then one of "
    "its test photos."
)
FOUND = (
    "Recall of single tags in percent, at five tags a photo, mean of the seeds. The last two "
    f"lists: tags of {MIN_PHOTOS} test photos or more."
)


def format_users(train: str, improvements: pd.DataFrame) -> str:
    """users_{train}.md: the `relative_improvements` of the systems that use the user."""
    subsets, parts = improvements["subset"], []
    improvements, new = improvements[subsets == ALL], improvements[subsets == NEW]
    first = improvements.iloc[0]
    counted = f"{train}: {first['photos']:,} test photos of {first['users']:,} users are scored."
    balanced = improvements[improvements["metric"].isin([metric for metric, _ in BALANCED])]
    renamed = dict(
        zip((metric for metric, _ in BALANCED), (one for one, _ in NATURAL), strict=True)
    )
    balanced = balanced.assign(metric=balanced["metric"].map(renamed))
    if not new.empty:
        controls = _control_table(improvements, new)
        parts += [CONTROLLED, controls] if controls else []
        parts += [ON_NEW.format(**new.iloc[0]), _score_table(new, published=False)]
    return format_page(
        "Users",
        EXPLAINED,
        counted,
        _score_table(improvements, published=True),
        MULTIPLIED,
        _comparison_table(improvements),
        *parts,
        BALANCED_TEST,
        _score_table(balanced, published=False),
        _comparison_table(balanced),
    )


def format_user_tags(train: str, improvements: pd.DataFrame, tags: pd.DataFrame) -> str:
    """user_tags_{train}.md: recall of the tags that the user helps with.

    Args:
        improvements: of `relative_improvements`. tags: of `score_per_tag`, of all systems.
    """
    parts, recall = [], tags.pivot(index="tag", columns="system", values="recall")
    recall = recall[tags["system"].unique()]
    about = tags.drop_duplicates("tag").set_index("tag")[["training_photos", "photos"]]
    for title, chosen in list_tags(improvements, tags).items():
        rows = [
            [tag, *(f"{about.loc[tag, column]:,}" for column in about)]
            + [f"{100 * one:.0f}" for one in recall.loc[tag]]
            for tag in chosen.index
        ]
        parts += [
            f"## {title}",
            format_table(["tag", "training photos", "test photos", *recall], rows),
        ]
    return format_page(f"Tags of {train} by systems with and without the user", FOUND, *parts)


def format_gain(gain: float) -> str:
    """Format a relative improvement in percent.

    >>> format_gain(0.224), format_gain(-0.031)
    ('+22.4', '-3.1')
    """
    return f"{100 * gain:+.1f}"


def _score_table(improvements: pd.DataFrame, published: bool) -> str:
    rows, models = [], _models(improvements)
    for system, of in improvements.groupby("system", sort=False):
        scores = of[of["over"].isna()].set_index(["metric", "k"])
        over = of[of["over"].map(models) == "bilinear"].set_index(["metric", "k"])
        values = [f"{100 * scores.loc[measure, 'value']:.1f}" for measure in NAMES]
        rows.append([*_named(of.iloc[0], system), *values, *_cells(over)])
    baseline, *others = PUBLISHED.items()
    for model, values in others if published else ():
        cells = [format_gain(ours / its - 1) for ours, its in zip(values, baseline[1], strict=True)]
        rows.append([f"{model}, published", "", "", *[""] * len(NAMES), *cells])
    names = list(NAMES.values())
    head = ["system", "training", "the user's tags", *names, *(f"gain {name}" for name in names)]
    return format_table(head, rows, words=3)


def _models(improvements: pd.DataFrame) -> pd.Series:
    return improvements.drop_duplicates("system").set_index("system")["model"]


def _named(row: pd.Series, system: str) -> list[str]:
    known = row["descriptors"].split()
    tags = "used" if {"tags", *WIDE} & {*known} else "not used" if known else "no user"
    return [system, row["sampling"], "" if row["model"] == "bilinear" else tags]


def _cells(over: pd.DataFrame) -> list[str]:
    """Improvements with intervals of one system over another; empty without."""
    if over.empty:
        return [""] * len(NAMES)
    found = [over.loc[measure] for measure in NAMES]
    return [
        f"{format_gain(one['gain'])} [{format_gain(one['low'])}, {format_gain(one['high'])}]"
        for one in found
    ]


def _comparison_table(improvements: pd.DataFrame) -> str:
    pairs = improvements[
        improvements["over"].map(_models(improvements)).isin([BIASED, MULTIPLICATIVE])
    ]
    rows = []
    for (system, over), of in pairs.groupby(["system", "over"], sort=False):
        about = _named(of.iloc[0], system)[1:]
        rows.append([f"{system} over {over}", *about, *_cells(of.set_index(["metric", "k"]))])
    head = ["", "training", "the user's tags", *(f"gain {name}" for name in NAMES.values())]
    return format_table(head, rows, words=3)


def _control_table(improvements: pd.DataFrame, new: pd.DataFrame) -> str:
    """Each system over each control, on all photos and on those with new tags; empty without."""
    models = _models(improvements)
    pairs = improvements[improvements["over"].map(models).isin(CONTROLS)]
    beside = new.set_index(["system", "over"])
    rows = []
    for pair, of in pairs.groupby(["system", "over"], sort=False):
        about = _named(of.iloc[0], pair[0])[1:]
        cells = _cells(of.set_index(["metric", "k"]))
        rest = _cells(beside.loc[[pair]].set_index(["metric", "k"]))
        rows.append([f"{pair[0]} over {pair[1]}", *about, *cells, *rest])
    names = [f"gain {name}" for name in NAMES.values()]
    head = ["", "training", "the user's tags", *names, *(f"{name}, new tags" for name in names)]
    return format_table(head, rows, words=3) if rows else ""


def list_tags(improvements: pd.DataFrame, tags: pd.DataFrame) -> dict[str, pd.Series]:
    """The three lists of tags of Denton et al., by title, best first; empty without users.

    Args:
        improvements, tags: as in `format_user_tags`.
    """
    recall = tags.pivot(index="tag", columns="system", values="recall")
    about = tags.drop_duplicates("tag").set_index("tag")
    known, models = about[about["photos"] >= MIN_PHOTOS].index, _models(improvements)
    learned = improvements["model"].isin([BIASED, MULTIPLICATIVE])
    knowing = improvements[learned & (improvements["descriptors"] != "")]
    with_users = list(knowing["system"].unique())
    if not with_users:
        return {}
    baseline = next(system for system in models.index if models[system] == "bilinear")
    best = recall.loc[known, with_users].mean(axis=1)
    more = best - recall.loc[known, baseline]
    return {
        f"The {MAX_FREQUENT} most frequent tags": about["training_photos"].nlargest(MAX_FREQUENT),
        f"The {MAX_LISTED} tags best predicted by those who know the user": best.nlargest(
            MAX_LISTED
        ),
        f"The {MAX_LISTED} tags that gain most from the user": more.nlargest(MAX_LISTED),
    }
