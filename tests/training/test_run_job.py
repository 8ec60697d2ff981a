"""What a training leaves."""

import numpy as np
import pandas as pd
import torch

from phototags.features.feature_cache import write_features
from phototags.io.storage import write_csv
from phototags.training.job import TrainJob
from phototags.training.run_job import make_checkpoint


def test_history_is_written_whole_and_plain(tmp_path):
    rows = {"epoch": [0], "loss": [None], "validation_map": [np.float64(0.25)], "best": [True]}
    write_csv(tmp_path / "history.csv", pd.DataFrame(rows))
    expected = b"epoch,loss,validation_map,best\n0,,0.25,True\n"
    assert (tmp_path / "history.csv").read_bytes() == expected


def test_pictures_are_known_by_their_features_so_no_shard_is_read(tmp_path, monkeypatch):
    """Many GB would be read before the first step; a shard that is not there fails no hash."""
    monkeypatch.chdir(tmp_path)
    outputs = {"model": "models/tiny/sea/im2vec/seed0/model.safetensors"}
    features = tmp_path / "00000.safetensors"
    found = []
    for seen, hashed in ((0.0, 1), (0.0, 1), (0.5, 1), (0.0, 2)):
        hashes = torch.tensor([hashed])
        write_features(features, torch.arange(1), torch.full((1, 4), seen), "small", hashes)
        files = {"features": [str(features)], "shards": [str(tmp_path / "missing.tar")]}
        job = TrainJob(files, outputs, {"seed": 0, "compute": {}}, "sea")
        found.append(make_checkpoint(job).fingerprint)
    assert found[0] == found[1] and len(set(found)) == 3
