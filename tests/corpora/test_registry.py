"""The registry: every corpus is described completely before anything is fetched."""

import subprocess
import sys

import pytest

from phototags.corpora.corpus_registry import (
    COLLECTIONS,
    CORPORA,
    check_count,
    find_corpus,
    find_sources,
)
from phototags.corpora.published_corpora import PUBLISHED
from phototags.corpora.readers import READERS
from phototags.errors import CorpusError, ParamsError
from phototags.params.own_tables import read_own_tables

MINE = read_own_tables('{"mine": {"photos": 12, "licence": "CC0", "citation": "me"}}')


def test_the_counts_are_the_published_ones():
    counts = {name: CORPORA[name].photos for name in ("openclipart", "tuxpaint", "corel5k-260")}
    assert counts == {"openclipart": 8121, "tuxpaint": 796, "corel5k-260": 4999}


@pytest.mark.parametrize("known", CORPORA.values(), ids=CORPORA)
def test_every_corpus_has_a_reader_a_licence_and_a_source(known):
    assert known.reader in READERS
    assert known.licence and known.citation
    assert len(set(known.files)) == len(known.files)
    for source in known.sources:
        published = known in PUBLISHED and source.mirror_path  # few makers tell a hash
        assert source.package or source.sha256 or published, source.file
        assert source.licence == known.licence


def test_an_own_table_is_a_corpus():
    own = find_corpus("mine", MINE)
    assert (own.reader, own.photos, own.licence) == ("table", 12, "CC0")
    assert own.files == ["photos.tsv", "images.tar"]
    assert [source.mirror_path for source in own.sources] == ["mine/photos.tsv", "mine/images.tar"]


def test_an_own_table_on_the_web_has_no_images_tar():
    own = find_corpus(
        "mine",
        read_own_tables(
            '{"mine": {"photos": 1, "licence": "", "citation": "", "pictures": "web"}}'
        ),
    )
    assert (own.reader, own.pictures, own.files) == ("table-web", "web", ["photos.tsv"])


def test_a_misspelt_name_gets_the_closest():
    with pytest.raises(ParamsError, match="'openclip'; closest: openclipart"):
        find_corpus("openclip", MINE)
    with pytest.raises(ParamsError, match="closest: mine"):
        find_corpus("mime", MINE)


@pytest.mark.parametrize("taken", ["corel5k", "wordnet"])
def test_a_table_can_not_take_a_known_name(taken):
    with pytest.raises(ParamsError, match=f"'{taken}'.*another name"):
        find_corpus("openclipart", {taken: MINE["mine"]})


def test_wordnet_is_a_collection_with_sources():
    assert [source.file for source in find_sources("wordnet", {})] == ["wordnet-base.deb"]
    assert COLLECTIONS["wordnet"] == find_sources("wordnet", {})


@pytest.mark.parametrize(
    ("name", "where"),
    [("mine", "corpora.tables.mine.photos in params.yaml"), ("tuxpaint", "published_corpora.py")],
)
def test_too_many_photos_say_which_number_to_write_where(name, where):
    known = find_corpus(name, MINE)
    check_count(known, known.photos)
    with pytest.raises(CorpusError, match=f"{where} to 8000"):
        check_count(known, 8000)


def test_the_registry_imports_without_heavy_packages():
    heavy = "{'torch', 'pandas', 'numpy', 'pyarrow', 'PIL', 'pydantic'}"
    program = f"import sys, phototags.corpora.corpus_registry; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr
