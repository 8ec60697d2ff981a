"""Data without what it was made from is refused, and nothing else is."""

import pytest

from phototags.errors import PhototagsError
from phototags.workflow.provenance import refuse_unknown_origin


@pytest.fixture
def made(tmp_path):
    """Make files below a folder, and give the folder."""

    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


@pytest.mark.parametrize("name", ["data/corpora/a/photos.parquet", "models/run/model.safetensors"])
def test_files_of_unknown_origin_are_refused_by_name(made, name):
    with pytest.raises(PhototagsError, match=f"{name} is here, .* run `dvc pull`"):
        refuse_unknown_origin(made(name))


def test_folders_of_provenance_without_a_file_are_none(made):
    folder = made("data/a")
    (folder / ".snakemake/metadata").mkdir(parents=True)
    with pytest.raises(PhototagsError):
        refuse_unknown_origin(folder)


@pytest.mark.parametrize("kept", ["metadata", "incomplete"])
def test_files_with_their_provenance_are_taken(made, kept):
    refuse_unknown_origin(made("data/a", f".snakemake/{kept}/ZGF0YS9h"))


def test_a_fresh_clone_is_taken(made):
    folder = made("results/run/scores.csv")
    (folder / "data/corpora").mkdir(parents=True)
    refuse_unknown_origin(folder)
