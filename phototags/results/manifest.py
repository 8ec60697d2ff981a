"""manifest.json of a run's results: the code, params and sources they were made from."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from phototags.errors import PhototagsError
from phototags.io.storage import hash_file, write_json
from phototags.workflow.code_hash import hash_code
from phototags.workflow.config import Params, validate_params
from phototags.workflow.params_files import check_params_file

MANIFEST, REPORT = "manifest.json", "report.html"
UNUSED = {"corpora": {"mirror"}, "vocabulary": {"chunk_photos"}}
"""Params that change no result."""


def write_manifest(
    path: Path | str,
    params: Params,
    code: Mapping[str, str],
    receipts: Iterable[Path | str],
    files: Sequence[Path | str],
) -> None:
    """Write the manifest of a finished run.

    Args:
        path: results/RUN/manifest.json.
        code: hash of each script that the run used, by its name.
        receipts: of the sources that were fetched.
        files: the results, in the folder of the manifest or below it.
    """
    folder = Path(path).parent
    preset = "" if params.run == "pictures" else f" RUN={params.run}"
    write_json(
        path,
        {
            "command": f"make results{preset}",
            "params": hash_params(params),
            "code": dict(sorted(code.items())),
            "sources": {
                Path(one).name.removesuffix(".receipt.json"): json.loads(Path(one).read_text())[
                    "sha256"
                ]
                for one in sorted(map(str, receipts))
            },
            "files": {str(Path(one).relative_to(folder)): hash_file(one) for one in sorted(files)},
        },
    )


def hash_params(params: Params) -> str:
    """16 hexadecimal digits of the sha256 of all params that change a result."""
    content = json.dumps(params.model_dump(mode="json", exclude=UNUSED), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def load_params(run: str, root: Path) -> Params:
    """The params of a run: params.yaml, with presets/RUN.yaml over it, as Snakemake merges them.

    Raises:
        PhototagsError: when there is no such preset, or the params are not valid.
    """
    params = check_params_file(root / "params.yaml")
    if params["run"] != run:
        preset = root / "presets" / f"{run}.yaml"
        if not preset.exists():
            raise PhototagsError(
                f"results/{run} should come from a preset, but there is no {preset}. Restore it, "
                f"or remove results/{run}."
            )
        params = merge(params, check_params_file(preset))
    return validate_params(params, f"params.yaml with presets/{run}.yaml")


def merge(base: Mapping, over: Mapping) -> dict:
    """Merge nested mappings; values that are not mappings are replaced.

    >>> merge({"a": {"b": 1, "c": 2}, "d": [3]}, {"a": {"b": 4}, "d": [5]})
    {'a': {'b': 4, 'c': 2}, 'd': [5]}
    """
    merged = dict(base)
    for key, value in over.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge(merged[key], value) if nested else value
    return merged


def list_stale(manifest: Mapping, params: Params, root: Path) -> list[str]:
    """What the code and params of a checkout differ in from those of a manifest."""
    stale = [] if manifest["params"] == hash_params(params) else ["its params"]
    for script, made_by in manifest["code"].items():
        path = f"scripts/{script}.py"
        if not (root / path).exists() or hash_code(path, root) != made_by:
            stale.append(path)
    return stale
