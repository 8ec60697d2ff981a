"""Whether it is known what the files here were made from."""

from pathlib import Path

from phototags.errors import PhototagsError

MADE = ("data", "models")
KEPT = (".snakemake/metadata", ".snakemake/incomplete")
"""Where Snakemake keeps what each file was made from, and which are being made."""


def refuse_unknown_origin(root: Path) -> None:
    """Stop where data has come without its provenance, as by a partial `dvc pull`.

    Snakemake would have only file times to go by and would miss changed params.

    Raises:
        PhototagsError: naming one of the files.
    """
    have = next((path for of in MADE for path in (root / of).rglob("*") if path.is_file()), None)
    if have and not any(path for of in KEPT for path in (root / of).glob("*")):
        raise PhototagsError(
            f"{have} is here, but what it was made from (.snakemake/metadata) is not: "
            "run `dvc pull` (or `dvc checkout`), or remove data/ and models/, then run again"
        )
