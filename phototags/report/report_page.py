"""The report of a run: one self-contained HTML page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import phototags
from phototags.corpora.corpus_registry import CORPORA, find_pictures
from phototags.errors import CorpusError
from phototags.evaluation.metrics.summary import read_scores
from phototags.io.storage import write_text
from phototags.params.pages import Report
from phototags.photos.gallery import Card, make_cards
from phototags.report.drops import trace_photos
from phototags.report.markdown import Block, parse_blocks
from phototags.report.page_scores import MEASURES, ScoreTable, make_score_tables
from phototags.report.rendering import Thumbnail, data_url, make_thumbnails, render
from phototags.report.vocabulary_map import HEIGHT, NO_NOUN, WIDTH, read_vocabulary_maps

PREDICTIONS = re.compile(r"([^/]+)/([^/]+)/seed(\d+)/predictions_([^/]+)\.parquet$")
TITLES = {
    "scores": "Scores by system, with intervals",
    "reliability": "Probabilities of the exported tagger on test photos, and how often it is right",
    "losses": "Training curves (a dot marks the selected epoch)",
}


@dataclass(frozen=True)
class ReportInputs:
    """The files that a report is made of; a corpus is named by the folder of its tables."""

    scores: Path
    drops: Path
    tables: Sequence[Path]
    figures: Sequence[Path]
    predictions: Sequence[Path]
    photos: Sequence[Path]
    tags: Sequence[Path]
    shards: Sequence[Path]
    tag_maps: Sequence[Path]
    nearest_tags: Sequence[Path]
    learnability: Path


@dataclass(frozen=True)
class PhotoGrid:
    """The shown photos of one test corpus."""

    corpus: str
    cards: list[tuple[Card, Thumbnail]]


def write_report(path: Path | str, run: str, settings: Report, inputs: ReportInputs) -> None:
    """Write the page; equal inputs give equal bytes."""
    photos = {Path(file).parent.name: pd.read_parquet(file) for file in inputs.photos}
    tables = make_score_tables(read_scores(inputs.scores))
    grids = make_photo_grids(inputs, photos, settings.photos) if settings.show_photos else []
    systems = list(dict.fromkeys(name for grid in grids for name in grid.cards[0][0].guesses))
    sizes = {name: len(table) for name, table in photos.items()}
    page = render(
        "report.html",
        run=run,
        version=phototags.__version__,
        score_tables=tables,
        n_systems=len({row[0] for table in tables for row in table.rows}),
        measures=MEASURES,
        grids=grids,
        hidden=not settings.show_photos,
        systems=systems,
        shown=best_system(tables, systems),
        figures=[embed_figure(Path(figure)) for figure in inputs.figures],
        flows=trace_photos(pd.read_csv(inputs.drops), sizes),
        tables=parse_tables(inputs.tables),
        vocabularies=read_vocabulary_maps(inputs.tag_maps, inputs.nearest_tags),
        learned_tags=pd.read_csv(inputs.learnability, keep_default_na=False).to_dict("records"),
        map_size=(WIDTH, HEIGHT),
        no_noun=NO_NOUN,
        licences=count_licences(photos),
        sources=[CORPORA[name] for name in photos if name in CORPORA],
    )
    write_text(path, page)


def make_photo_grids(
    inputs: ReportInputs, photos: Mapping[str, pd.DataFrame], count: int
) -> list[PhotoGrid]:
    """A grid for each test corpus that has a predicted photo."""
    tags = {Path(file).parent.name: Path(file) for file in inputs.tags}
    grids = []
    for corpus, predictions in read_predictions(inputs.predictions).items():
        cards = make_cards(photos[corpus], pd.read_parquet(tags[corpus]), predictions, count)
        folder = find_pictures(corpus)
        shards = [shard for shard in inputs.shards if Path(shard).parent.parent.name == folder]
        if cards:
            pairs = zip(cards, make_thumbnails(cards, shards), strict=True)
            grids.append(PhotoGrid(corpus, list(pairs)))
    return grids


def read_predictions(files: Sequence[Path]) -> dict[str, dict[str, pd.DataFrame]]:
    """Predictions by test corpus and system, of the first file given for a system.

    A system is named with its training corpus when the run trains on several.
    """
    matches = [(file, PREDICTIONS.search(Path(file).as_posix())) for file in files]
    wrong = [str(file) for file, match in matches if match is None]
    if wrong:
        raise CorpusError(
            "expected paths that end in TRAIN/SYSTEM/seedN/predictions_TEST.parquet, "
            f"found {wrong[0]}. Name the predictions as the rule score_tagger does."
        )
    several = len({match[1] for _, match in matches}) > 1
    by_test: dict[str, dict[str, pd.DataFrame]] = {}
    for file, match in matches:
        name = f"{match[2]} of {match[1]}" if several else match[2]
        tables = by_test.setdefault(match[4], {})
        if name not in tables:
            tables[name] = pd.read_parquet(file)
    return by_test


def embed_figure(path: Path) -> dict[str, str]:
    """Title and data url of a figure."""
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    return {
        "title": TITLES.get(path.stem, path.stem.replace("_", " of ", 1)),
        "url": data_url(path.read_bytes(), kind),
    }


def best_system(tables: Sequence[ScoreTable], systems: Sequence[str]) -> str | None:
    """The shown trained system with the highest first measure; None if there is none."""
    rows = [row for row in tables[0].rows if row[2][0] and not row[1]] if tables else []
    scored = {system: cells[0].value for system, _, cells in rows}
    return max((name for name in systems if name in scored), key=scored.get, default=None)


def parse_tables(tables: Sequence[Path]) -> list[Block]:
    """The run's Markdown tables except the headline, whose scores the page shows itself."""
    return [
        block
        for table in tables
        if Path(table).stem != "headline"
        for block in parse_blocks(Path(table).read_text(encoding="utf-8"))
    ]


def count_licences(photos: Mapping[str, pd.DataFrame]) -> list[dict]:
    """How many photos of each corpus state which licence, the most frequent first."""
    return [
        {"corpus": corpus, "name": name, "photos": count}
        for corpus, table in photos.items()
        for name, count in sorted(
            table["licence"].fillna("not stated").value_counts().items(),
            key=lambda item: (-item[1], item[0]),
        )
    ]
