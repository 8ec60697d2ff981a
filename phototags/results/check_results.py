"""Check every committed result: `make check-results`.

    python -m phototags.results.check_results [--write] [--freeze RUN REASON]

A run's results must be the files of its manifest, unedited, and possible. Unless the manifest says
that they are frozen, and why, they must be made by the code and params of this checkout, and their
tables and figures must be what the csv files give, byte for byte.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.summary import read_scores
from phototags.io.endings import run_command
from phototags.io.storage import hash_file, write_json
from phototags.results.derived import (
    derive,
    list_impossible,
    list_impossible_pairs,
    read_split_tables,
)
from phototags.results.manifest import MANIFEST, REPORT, list_stale, load_params

BENCHMARKS = "benchmarks"


def read_manifest(run: Path) -> dict:
    """The manifest of a run; empty where there is none."""
    path = run / MANIFEST
    return json.loads(path.read_text()) if path.exists() else {}


def check_run(run: Path, manifest: dict, root: Path) -> Iterator[str]:
    """What is wrong with the results of one run, a line each.

    Args:
        run: results/RUN. manifest: of `read_manifest`. root: the checkout.
    """
    if not manifest:
        yield f"no {MANIFEST}: make the results again, or freeze them"
        return
    params = load_params(run.name, root)
    yield from check_files(run, manifest["files"])
    for name in ("scores.csv", "tag_vectors.csv"):
        yield from (f"{name}: {line}" for line in list_impossible(read_scores(run / name)))
    if (run / "tables/splits.csv").exists():
        splits, _, pairs = read_split_tables(run)
        yield from (f"tables/splits.csv: {line}" for line in list_impossible(splits))
        yield from (f"tables/paired.csv: {line}" for line in list_impossible_pairs(pairs, splits))
    if "frozen" in manifest:
        return
    if stale := list_stale(manifest, params, root):
        more = f" and {len(stale) - 3} more" * (len(stale) > 3)
        yield f"made by other code: {', '.join(stale[:3])}{more} changed since"
    with TemporaryDirectory() as folder:
        derive(run, Path(folder), params.embed_photos.backbone)
        for made in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            name = made.relative_to(folder)
            if not (run / name).exists() or (run / name).read_bytes() != made.read_bytes():
                yield f"{name} is not what the csv files give: --write makes it again"


def check_files(run: Path, files: dict[str, str]) -> Iterator[str]:
    """Files that are missing, edited or in no manifest."""
    found = {name: hash_file(run / name) for name in list_files(run)}
    for name in sorted(files.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in files:
            yield f"{name} is not in {MANIFEST}: nothing says what made it"
        elif files[name] != found[name]:
            yield f"{name} was changed after it was made"


def list_files(run: Path) -> list[str]:
    """Files of a run that git tracks, but its manifest."""
    found = [str(path.relative_to(run)) for path in sorted(run.rglob("*")) if path.is_file()]
    own = (name for name in found if not name.startswith("private/"))
    return [name for name in own if name not in (MANIFEST, REPORT, "cost.md")]


def write_derived(run: Path, manifest: dict, root: Path) -> None:
    """Make tables and figures of a run again from its csv files, and note their hashes."""
    with TemporaryDirectory() as folder:
        derive(run, Path(folder), load_params(run.name, root).embed_photos.backbone)
        for made in (path for path in Path(folder).rglob("*") if path.is_file()):
            name = str(made.relative_to(folder))
            (run / name).write_bytes(made.read_bytes())
            manifest["files"][name] = hash_file(made)
    write_json(run / MANIFEST, manifest)


def freeze(run: Path, reason: str) -> None:
    """Note that a run's results stay as they are though code changes, and why."""
    files = {name: hash_file(run / name) for name in list_files(run)}
    write_json(run / MANIFEST, read_manifest(run) | {"frozen": reason, "files": files})


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m phototags.results.check_results", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the checkout")
    parser.add_argument("--write", action="store_true", help="make tables and figures again")
    parser.add_argument("--freeze", nargs=2, metavar=("RUN", "REASON"), help="keep RUN as it is")
    given = parser.parse_args(arguments)
    results, wrong = given.root / "results", 0
    try:
        if given.freeze:
            freeze(results / given.freeze[0], given.freeze[1])
        for run in sorted(path for path in results.iterdir() if path.is_dir()):
            if run.name == BENCHMARKS:
                continue
            manifest = read_manifest(run)
            frozen = manifest.get("frozen")
            if given.write and manifest and not frozen:
                write_derived(run, manifest, given.root)
            lines = list(check_run(run, manifest, given.root))
            right = f"frozen: {frozen}" if frozen else "made by this code"
            print(f"results/{run.name}: {'wrong' if lines else right}")
            print(*(f"  {line}" for line in lines), sep="\n", end="\n" * bool(lines))
            wrong += len(lines)
    except BrokenPipeError:
        raise
    except (OSError, KeyError, ValueError, PhototagsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(run_command(main))
