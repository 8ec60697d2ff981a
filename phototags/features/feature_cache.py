"""Features on disk, a file a shard, and in memory, selected by row."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import ModelError
from phototags.io.storage import read_tensors, write_tensors


@dataclass(frozen=True, eq=False)
class Features:
    """Features of a corpus' photos in memory.

    Args:
        rows: (n,) int64, of the photo table, ascending, each once.
        matrix: (n, D) float32.
    """

    rows: Tensor
    matrix: Tensor

    def select(self, rows: Sequence[int]) -> Tensor:
        """Select the features of these rows, in the order given.

        Args:
            rows: (m,) of `self.rows`, in any order, repeated or not.

        Returns:
            (m, D) float32.

        Raises:
            ModelError: when a row has no features.

        >>> features = Features(torch.tensor([2, 5]), torch.tensor([[0.2], [0.5]]))
        >>> features.select([5, 2, 5]).flatten().tolist()
        [0.5, 0.20000000298023224, 0.5]
        """
        wanted = torch.as_tensor(rows, dtype=torch.int64)
        places = torch.searchsorted(self.rows, wanted).clamp(max=max(len(self.rows) - 1, 0))
        missing = wanted[self.rows[places] != wanted] if len(self.rows) else wanted
        if len(missing):
            raise ModelError(
                f"each row should have features, but {len(missing)} of {len(wanted)} have "
                f"none, row {missing[0]} first. Select only rows in Features.rows: the drops of "
                "embed_photos say why the others have none."
            )
        return self.matrix[places]


@dataclass(frozen=True, eq=False)
class StoredFeatures:
    """Features of a corpus' photos on disk; memory holds one shard and the rows selected.

    Args:
        rows: (n,) int64, of the photo table, ascending, each once.
        shards: (n,) int64, index of each row's file.
        files: of the shards.
    """

    rows: Tensor
    shards: Tensor
    files: list[str]

    def select(self, rows: Sequence[int]) -> Tensor:
        """Select the (m, D) float32 features of these rows, as `Features.select`."""
        wanted = torch.as_tensor(rows, dtype=torch.int64)
        if not len(self.rows) or not len(wanted):
            return read_features(self.files[:1]).select(wanted)
        near = torch.searchsorted(self.rows, wanted).clamp(max=len(self.rows) - 1)
        order = self.shards[near].argsort()
        shards, counts = self.shards[near[order]].unique_consecutive(return_counts=True)
        found = [
            read_features([self.files[shard]]).select(wanted[part])
            for shard, part in zip(shards.tolist(), order.split(counts.tolist()), strict=True)
        ]
        return torch.cat(found)[order.argsort()]


def write_features(
    path: Path | str, rows: Tensor, features: Tensor, backbone: str, hashes: Tensor | None = None
) -> None:
    """Write a shard's features; the same features are the same bytes.

    Args:
        rows: (n,) int64.
        features: (n, D) float32.
        backbone: its name, kept in the header.
        hashes: (n,) int64, perceptual hashes of the same photos.
    """
    tensors = {"rows": rows, "features": features}
    tensors |= {} if hashes is None else {"hashes": hashes}
    write_tensors(path, tensors, about={"backbone": backbone})


def read_features(paths: Iterable[Path | str]) -> Features:
    """Read the features of a corpus from the files of its shards, in any order.

    Raises:
        ModelError: no files, another backbone in one of them, or a row in two of them.
    """
    contents = {str(path): _read(path, {"rows": 1, "features": 2}) for path in paths}
    kinds = {
        f"{backbone}, {tensors['features'].shape[1]} wide"
        for tensors, backbone in contents.values()
    }
    _check_backbones(kinds, contents)
    rows = torch.cat([tensors["rows"] for tensors, _ in contents.values()])
    matrix = torch.cat([tensors["features"] for tensors, _ in contents.values()])
    order = rows.argsort()
    rows, matrix = rows[order], matrix[order]
    _check_rows(rows, contents)
    return Features(rows, matrix)


def open_features(paths: Iterable[Path | str]) -> StoredFeatures:
    """Open the features of a corpus, reading only the rows of its shards' files, in any order.

    Raises:
        ModelError: no files, another backbone in one of them, or a row in two of them.
    """
    files, kinds, shards = sorted({str(path) for path in paths}), set(), []
    for file in files:
        tensors, about = read_tensors(file, ["rows"])
        kinds.add(str(about))
        shards.append(tensors.get("rows", torch.zeros(0, dtype=torch.int64)))
    _check_backbones(kinds, files)
    rows, order = torch.cat(shards).sort()
    _check_rows(rows, files)
    sizes = torch.tensor([len(shard) for shard in shards])
    return StoredFeatures(rows, torch.arange(len(files)).repeat_interleave(sizes)[order], files)


def read_hashes(paths: Iterable[Path | str]) -> NDArray[np.int64]:
    """Read the perceptual hashes of a corpus, in the order of `read_features`' rows.

    Raises:
        ModelError: when a file has none.
    """
    contents = [_read(path, {"rows": 1, "hashes": 1})[0] for path in paths]
    rows, hashes = (
        np.concatenate([tensors[name].numpy() for tensors in contents])
        for name in ("rows", "hashes")
    )
    return hashes[rows.argsort()]


def _check_backbones(found: Collection[str], files: Iterable[str]) -> None:
    if len(found) != 1:
        raise ModelError(
            f"the features should come from one backbone, but {sorted(files)} come from "
            f"{sorted(found) or 'no file'}. Remove them and run `snakemake` again."
        )


def _check_rows(rows: Tensor, files: Iterable[str]) -> None:
    """Raise a ModelError if one of (n,) ascending rows occurs twice."""
    if (twice := rows[1:][rows[1:] == rows[:-1]]).numel():
        raise ModelError(
            f"a row should have features once, but row {twice[0]} has them in two of "
            f"{sorted(files)}. Remove them and run `snakemake` again."
        )


def _read(path: Path | str, expected: dict[str, int]) -> tuple[dict[str, Tensor], str]:
    """Read the tensors of a file and its backbone's name.

    Args:
        expected: the dimensions of each tensor that must be there; all have an entry for each of
            `rows` and are int64, but for float32 features.

    Raises:
        ModelError: when a tensor is missing or of another kind.
    """
    tensors, about = read_tensors(path)
    for name, dimensions in expected.items():
        kind = torch.float32 if name == "features" else torch.int64
        tensor = tensors.get(name)
        fits = tensor is not None and (tensor.ndim, tensor.dtype) == (dimensions, kind)
        if not fits or len(tensor) != len(tensors["rows"]):
            found = "none" if tensor is None else f"{tuple(tensor.shape)} {tensor.dtype}"
            raise ModelError(
                f"{path} should hold {name} with {dimensions} dimensions as {kind}, one for each "
                f"of `rows`, but has {found}: damaged or from another version. Remove it and run "
                "`snakemake` again."
            )
    return tensors, str(about.get("backbone", "?")) if isinstance(about, dict) else "?"
