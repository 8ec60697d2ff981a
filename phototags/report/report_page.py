"""The report of a run: one page to look at, which needs nothing but itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import phototags
from phototags.corpora.corpus_registry import CORPORA
from phototags.errors import CorpusError
from phototags.evaluation.metrics.summary import read_scores
from phototags.io.storage import atomic_write
from phototags.params.pages import Report
from phototags.photos.gallery import Card, make_cards
from phototags.report.drops import ways
from phototags.report.markdown_blocks import Block, blocks
from phototags.report.page_photos import Picture, pictures_of
from phototags.report.rendering import data_url, render
from phototags.report.score_boards import MEASURES, boards
from phototags.report.vocabulary_map import HEIGHT, NO_NOUN, WIDTH, neighbourhoods

PREDICTIONS = re.compile(r"([^/]+)/([^/]+)/seed(\d+)/predictions_([^/]+)\.parquet$")
TITLES = {
    "scores": "Scores by system, with intervals",
    "losses": "Training curves (a dot marks the epoch that was kept)",
}


@dataclass(frozen=True)
class Inputs:
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


@dataclass(frozen=True)
class Wall:
    """The shown photos of one test corpus."""

    corpus: str
    cards: list[tuple[Card, Picture]]


def write_report(path: Path | str, run: str, settings: Report, inputs: Inputs) -> None:
    """Write the page; equal inputs give equal bytes."""
    photos = {Path(file).parent.name: pd.read_parquet(file) for file in inputs.photos}
    results = boards(read_scores(inputs.scores))
    walls = show(inputs, photos, settings.photos) if settings.show_photos else []
    systems = list(dict.fromkeys(name for wall in walls for name in wall.cards[0][0].guesses))
    page = render(
        "report.html",
        run=run,
        version=phototags.__version__,
        boards=results,
        board_systems=len({row[0] for board in results for row in board.rows}),
        measures=MEASURES,
        walls=walls,
        hidden=not settings.show_photos,
        systems=systems,
        shown=best_of(results, systems),
        figures=[drawn(Path(figure)) for figure in inputs.figures],
        ways=ways(pd.read_csv(inputs.drops), {name: len(table) for name, table in photos.items()}),
        tables=others(inputs.tables),
        vocabularies=neighbourhoods(inputs.tag_maps, inputs.nearest_tags),
        sheet=(WIDTH, HEIGHT),
        bare=NO_NOUN,
        licences=licences(photos),
        sources=[CORPORA[name] for name in photos if name in CORPORA],
    )
    with atomic_write(path) as part:
        part.write_text(page, encoding="utf-8")


def show(inputs: Inputs, photos: Mapping[str, pd.DataFrame], count: int) -> list[Wall]:
    """A wall for each test corpus that has a predicted photo."""
    tags = {Path(file).parent.name: Path(file) for file in inputs.tags}
    found = []
    for corpus, predictions in predicted(inputs.predictions).items():
        chosen = make_cards(photos[corpus], pd.read_parquet(tags[corpus]), predictions, count)
        shards = [shard for shard in inputs.shards if Path(shard).parent.parent.name == corpus]
        if chosen:
            found.append(Wall(corpus, list(zip(chosen, pictures_of(chosen, shards), strict=True))))
    return found


def predicted(files: Sequence[Path]) -> dict[str, dict[str, pd.DataFrame]]:
    """Predictions by test corpus and system; the first file given for a system is shown.

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


def drawn(path: Path) -> dict[str, str]:
    """A figure inside the page."""
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    return {
        "title": TITLES.get(path.stem, path.stem.replace("_", " of ", 1)),
        "url": data_url(path.read_bytes(), kind),
    }


def best_of(results: list, systems: list[str]) -> str | None:
    """The shown system that learns and has the highest first measure; None shows all."""
    if not results:
        return None
    rows = [row for row in results[0].rows if row[2][0] and not row[1]]
    scored = {system: cells[0].value for system, _, cells in rows}
    known = [system for system in systems if system in scored]
    return max(known, key=scored.get, default=None)


def others(tables: Sequence[Path]) -> list[Block]:
    """The run's Markdown tables except the headline, which the page draws itself."""
    return [
        block
        for table in tables
        if Path(table).stem != "headline"
        for block in blocks(Path(table).read_text(encoding="utf-8"))
    ]


def licences(photos: Mapping[str, pd.DataFrame]) -> list[dict]:
    """How many photos of each corpus state which licence, the commonest first."""
    return [
        {"corpus": corpus, "name": name, "photos": count}
        for corpus, table in photos.items()
        for name, count in sorted(
            table["licence"].fillna("not stated").value_counts().items(),
            key=lambda item: (-item[1], item[0]),
        )
    ]
