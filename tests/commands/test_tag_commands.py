"""`phototags near`, `analogy` and `vocabulary why`: what they print, and their exit codes."""

import json

import pandas as pd
import pytest
import torch

from phototags.cli import main
from phototags.io.storage import write_tensors
from phototags.systems.im2vec import Im2Vec

TAGS = ["king", "queen", "man", "woman", "sea"]
VECTORS = [[1.0, 1], [2, -1], [3, 3], [3, -1.5], [-1, 0]]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A checkout after a run: a tagger's config, and what its training corpus left."""
    models = tmp_path / "models" / "pictures"
    (models / "tagger").mkdir(parents=True)
    system = Im2Vec(model="im2vec", hidden=[], epochs=1, patience=1)
    config = {"train": "courts", "seed": 1, "system": system.model_dump()}
    (models / "tagger" / "config.json").write_text(json.dumps(config))
    for seed in (0, 1):
        path = models / "courts" / f"seed{seed}" / "tag_vectors.safetensors"
        write_tensors(path, {"vectors": torch.tensor(VECTORS) * seed})
    counts = {"photos": 5, "users": 2}
    rows = pd.DataFrame([{"tag": tag, **counts} for tag in TAGS])
    rows.to_csv(models / "courts" / "vocabulary.tsv", sep="\t", index=False)
    shared = counts | {"entropy": 1.0, "effective_users": 2.0, "visualness": None}
    judged = [{"tag": "kings", **shared, "why": "lemma: became king"}]
    shared |= {"visualness": 0.75}
    judged += [{"tag": tag, **shared, "why": "kept"} for tag in TAGS]
    pd.DataFrame(judged).to_csv(models / "courts" / "candidates.tsv", sep="\t", index=False)
    spelling = tmp_path / "data" / "corpora" / "courts" / "spelling.tsv"
    spelling.parent.mkdir(parents=True)
    refused = 'hash\t""\tprogram value\t9\t1\n'
    spelling.write_text(f'written\ttag\treason\tphotos\tusers\n#Kings\tkings\t""\t4\t2\n{refused}')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_near_lists_the_tags_by_their_cosine(home, capsys):  # king, queen: 1 / sqrt(2 * 5)
    assert main(["near", "#King", "--top", "2"]) == 0
    assert capsys.readouterr().out == "    1.00  man\n    0.32  queen\n"


def test_an_analogy_adds_and_subtracts(home, capsys):  # king - man is nothing; woman = queen
    assert main(["analogy", "man", "king", "woman", "--top", "1"]) == 0
    assert capsys.readouterr().out == "    1.00  queen\n"


def test_an_unknown_tag_is_reported_with_the_closest(home, capsys):
    for asked in (["near", "kin"], ["analogy", "man", "kin", "sea"], ["vocabulary", "why", "kin"]):
        assert main(asked) == 1, asked
        assert "king" in capsys.readouterr().err


def test_why_follows_a_tag_from_what_was_written_to_what_it_became(home, capsys):
    assert main(["vocabulary", "why", "#Kings"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "'#Kings' is spelt 'kings'",
        "kings: became king by lemma (5 photos by 2 users, entropy 1.00 bits, effective users 2.0)",
        "king: kept (5 photos by 2 users, entropy 1.00 bits, effective users 2.0, visualness 0.75)",
    ]
    assert main(["vocabulary", "why", "hash"]) == 0
    assert "spelling: program value, on 9 photos by 1 user" in capsys.readouterr().out


def test_without_the_corpus_a_tag_is_spelt_anew(home, capsys):
    (home / "data" / "corpora" / "courts" / "spelling.tsv").unlink()
    assert main(["vocabulary", "why", "KINGS"]) == 0
    assert capsys.readouterr().out.startswith("'KINGS' is spelt 'kings'\n")


@pytest.mark.parametrize("command", [["near", "king"], ["vocabulary", "why", "king"]])
def test_a_training_corpus_can_be_named_itself(home, capsys, command):
    assert main([*command, "--model", "models/pictures/courts"]) == 0
    assert "king" in capsys.readouterr().out or command[0] == "near"


@pytest.mark.parametrize("command", [["near", "king"], ["vocabulary", "why", "king"]])
def test_a_missing_run_is_reported_with_the_command_that_makes_one(home, capsys, command):
    assert main([*command, "--model", "nowhere"]) == 2
    assert "make results" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["near", "king"], ["vocabulary", "why", "king"]])
def test_a_tagger_carried_away_from_its_run_is_reported(home, capsys, command):
    away = home / "elsewhere" / "tagger"
    away.parent.mkdir()
    (home / "models" / "pictures" / "tagger").rename(away)
    assert main([*command, "--model", str(away)]) == 2
    assert "models/RUN/TRAIN" in capsys.readouterr().err


def test_vectors_of_another_vocabulary_are_refused(home, capsys):
    path = home / "models" / "pictures" / "courts" / "vocabulary.tsv"
    path.write_text("tag\tphotos\tusers\nking\t5\t2\n")
    assert main(["near", "king"]) == 2
    assert "shape (5, " in capsys.readouterr().err


def test_missing_files_are_reported(home, capsys):
    (home / "models" / "pictures" / "courts" / "seed1" / "tag_vectors.safetensors").unlink()
    assert main(["near", "king"]) == 2
    assert "tag_vectors.safetensors" in capsys.readouterr().err
    (home / "models" / "pictures" / "courts" / "candidates.tsv").unlink()
    assert main(["vocabulary", "why", "king"]) == 2
    assert "candidates.tsv" in capsys.readouterr().err
