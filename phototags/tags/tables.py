"""Read and write the tables that explain a vocabulary: spelling.tsv and candidates.tsv."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from phototags.errors import VocabularyError
from phototags.io.storage import atomic_write

Schema = Mapping[str, pl.DataType]
COUNTS = {"photos": pl.Int64, "users": pl.Int64}
MEASURES = dict.fromkeys(("entropy", "effective_users", "visualness"), pl.Float64)
CANDIDATES = {"tag": pl.String, **COUNTS, **MEASURES, "why": pl.String}
SPELLING = {"written": pl.String, "tag": pl.String, "reason": pl.String, **COUNTS}


def write_tsv(path: Path | str, table: pl.DataFrame) -> None:
    """Write a table as TSV with a header."""
    with atomic_write(path) as part:
        table.write_csv(part, separator="\t")


def read_tsv(path: Path | str, *schemas: Schema, remedy: str) -> pl.DataFrame:
    """Read a table with the columns of the schema that its header names, else of the first.

    Raises:
        VocabularyError: when the file is missing or does not hold these columns.
    """
    try:
        with open(path, "rb") as file:
            header = file.readline(200).rstrip().decode(errors="replace").split("\t")
        schema = next((one for one in schemas if list(one) == header), schemas[0])
        return pl.read_csv(path, separator="\t", schema=schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise VocabularyError(
            f"{path} should be a table with the columns {', '.join(schemas[0])}, but: {error}. "
            f"{remedy}"
        ) from error


def read_candidates(path: Path | str) -> pl.DataFrame:
    """Read what `candidates.list_candidates` returned; VocabularyError if missing or damaged."""
    return read_tsv(path, CANDIDATES, remedy="Run `make results` (or `snakemake`) to make it.")


def read_spelling(path: Path | str) -> pl.DataFrame:
    """Read the spelling.tsv of a corpus; VocabularyError if missing or damaged."""
    return read_tsv(path, SPELLING, remedy="Run `make results` (or `snakemake`) to make it.")
