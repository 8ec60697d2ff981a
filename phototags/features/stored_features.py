"""Features that stay in the files of their shards until they are asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from phototags.features.feature_cache import check_backbones, check_rows, read_features
from phototags.io.storage import read_tensors


@dataclass(frozen=True, eq=False)
class StoredFeatures:
    """Features of a corpus' photos, of which memory holds one shard and what is asked for.

    Args:
        rows: (n,) int64, of the photo table, ascending, each once.
        shards: (n,) int64, which of the files has each.
        files: of the shards.
    """

    rows: Tensor
    shards: Tensor
    files: list[str]

    def of(self, rows: Sequence[int]) -> Tensor:
        """(m, D) float32 features of these rows, in the order asked, as `Features.of`."""
        asked = torch.as_tensor(rows, dtype=torch.int64)
        if not len(self.rows) or not len(asked):
            return read_features(self.files[:1]).of(asked)
        near = torch.searchsorted(self.rows, asked).clamp(max=len(self.rows) - 1)
        order = self.shards[near].argsort()
        shards, counts = self.shards[near[order]].unique_consecutive(return_counts=True)
        parts = order.split(counts.tolist())
        found = [
            read_features([self.files[shard]]).of(asked[some])
            for shard, some in zip(shards.tolist(), parts, strict=True)
        ]
        return torch.cat(found)[order.argsort()]


def stored_features(paths: Iterable[Path | str]) -> StoredFeatures:
    """The features of a corpus from the files of its shards, in any order.

    Raises:
        ModelError: no files, another backbone in one of them, or a row in two of them.
    """
    files, kinds, shards = sorted({str(path) for path in paths}), set(), []
    for file in files:
        tensors, about = read_tensors(file, ["rows"])
        kinds.add(str(about))
        shards.append(tensors.get("rows", torch.zeros(0, dtype=torch.int64)))
    check_backbones(kinds, files)
    rows, order = torch.cat(shards).sort()
    check_rows(rows, files)
    sizes = torch.tensor([len(shard) for shard in shards])
    shard = torch.arange(len(files)).repeat_interleave(sizes)[order]
    return StoredFeatures(rows, shard, files)
