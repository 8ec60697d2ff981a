"""A run's files in small: two corpora of drawn pictures, two systems, every table."""

import io
import tarfile

import pandas as pd
import pytest
from PIL import Image

from phototags.evaluation.metrics.summary import COLUMNS
from phototags.photos.photo_table import make_photo_table, write_photos
from phototags.report.figures.loss_curves import plot_losses
from phototags.report.figures.score_panels import plot_scores
from phototags.report.report_page import ReportInputs

NASTY = '<script>alert("x")</script>'


def write_corpus(folder, name, count):
    place = folder / "data" / "corpora" / name
    (place / "shards").mkdir(parents=True)
    with tarfile.open(place / "shards" / "00000.tar", "w") as tar:
        for row in range(count):
            content = io.BytesIO()
            Image.new("RGB", (30 + row, 20), (20 * row, 90, 60)).save(content, "PNG")
            member = tarfile.TarInfo(f"{row:08d}.png")
            member.size = len(content.getvalue())
            tar.addfile(member, io.BytesIO(content.getvalue()))
    photos = make_photo_table(
        {
            "photo_id": f"{name}{row}",
            "title": NASTY if row == 0 else f"Title {row}",
            "author": f"Author {row}",
            "licence": "CC0",
            "licence_url": "javascript:alert(1)" if row == 0 else "https://licence.example/cc0",
            "page_url": f"https://photos.example/{name}/{row}",
            "file": f"00000.tar/{row:08d}.png",
        }
        for row in range(count)
    )
    write_photos(place / "photos.parquet", photos)
    tags = pd.DataFrame({"row": range(count), "tags": [["sea", NASTY]] * count})
    tags.to_parquet(place / "tags.parquet")
    return place


def write_predictions(folder, system, corpus, rows):
    path = (
        folder / "models" / "tiny" / "shapes" / system / "seed0" / f"predictions_{corpus}.parquet"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    first = ["sea", "<b>bold</b>"] if system == "im2vec" else ["dog", "cat"]
    pd.DataFrame({"row": rows, "bridge": "own", "tags": [first] * len(rows)}).to_parquet(path)
    return path


def scores_of(pairs, systems):
    measures = [("precision", 1), ("recall", 5), ("n_plus", 5), ("map", 0)]
    rows = [
        (train, test, system, seed, bridge, metric, k, value, value / 2, value * 1.5, 6, 4)
        for train, test in pairs
        for place, system in enumerate(systems)
        for seed in (0, "mean")
        for bridge in ("exact", "lemma")
        for metric, k in measures
        for value in [(0.2 + 0.1 * place) * (10 if metric == "n_plus" else 1)]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def write_vocabulary(folder, train):
    """What map_tags leaves: three tags on a map, and what is near two of them."""
    place = folder / "models" / "tiny" / train
    place.mkdir(parents=True, exist_ok=True)
    (place / "tag_map.tsv").write_text(
        "tag\tphotos\tcategory\tx\ty\nsea\t9\tobject\t0.5\t0.5\nnull\t4\t\t0\t0\n"
        "<b>bold</b>\t1\tTops\t1\t1\n"
    )
    (place / "nearest_tags.tsv").write_text(
        "tag\tchosen\tnear\tcosine\nsea\tcommonest\tnull\t0.5\nnull\trandom\tsea\t0.25\n"
    )
    return place


@pytest.fixture
def small_run(tmp_path) -> ReportInputs:
    """Every file that a report needs."""
    corpora = [write_corpus(tmp_path, "shapes", 6), write_corpus(tmp_path, "stamps", 4)]
    results = tmp_path / "results"
    results.mkdir()
    pairs, systems = [("shapes", "shapes"), ("shapes", "stamps")], ["frequency", "im2vec"]
    scores_of(pairs, systems).to_csv(results / "scores.csv", index=False)
    (results / "drops.csv").write_text(
        "corpus,step,reason,photos\n"
        "shapes,collect_photos,duplicate,2\nshapes,list_photos,no picture,3\n"
        "shapes,embed_photos,undecodable,1\nshapes,score_tagger,no word,4\n"
    )
    (results / "bridges.md").write_text(
        "# Bridges\n\nTwo of them.\n\n| a | b |\n|:--|--:|\n| x | 1 |\n"
    )
    (results / "headline.md").write_text("# Scores\n\nnot shown twice\n")
    losses = pd.DataFrame([("shapes", "im2vec", 0, 1, 0.5, 0.2)])
    losses.columns = ["train", "system", "seed", "epoch", "loss", "validation_map"]
    plot_losses(losses, results / "losses.svg")
    plot_scores(pd.read_csv(results / "scores.csv", dtype={"seed": str}), results / "scores.svg")
    vocabulary = write_vocabulary(tmp_path, "shapes")
    (results / "learnability.csv").write_text(
        "tag,photos,users,visualness,test_photos,test_users,chance,average_precision,low,high,"
        "confused_with,confused\nnull,9,4,0.7,4,3,0.4,0.753,0.5,0.95,<b>bold</b>,3\n"
        "<b>bold</b>,5,3,,2,1,0.2,0.25,0.0,1.0,,0\n"
    )
    return ReportInputs(
        scores=results / "scores.csv",
        drops=results / "drops.csv",
        tables=[results / "headline.md", results / "bridges.md"],
        figures=[results / "scores.svg", results / "losses.svg"],
        predictions=[
            write_predictions(tmp_path, system, corpus, rows)
            for corpus, rows in (("shapes", [0, 2, 4]), ("stamps", [0, 1, 2, 3]))
            for system in systems
        ],
        photos=[place / "photos.parquet" for place in corpora],
        tags=[place / "tags.parquet" for place in corpora],
        shards=[place / "shards" / "00000.tar" for place in corpora],
        tag_maps=[vocabulary / "tag_map.tsv"],
        nearest_tags=[vocabulary / "nearest_tags.tsv"],
        learnability=results / "learnability.csv",
    )
