import shutil
import subprocess
import time
from pathlib import Path

import pytest

from phototags.errors import SourceError
from phototags.tags.wordnet import WordNet

PACKAGE = Path("data/sources/wordnet/wordnet-base.deb")
fetched = pytest.mark.skipif(not PACKAGE.exists(), reason=f"{PACKAGE} is not fetched yet")
dpkg = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is not installed")


@pytest.mark.parametrize("word", ["paris", "bus", "canvas", "glasses", "glass", "cola", "car"])
def test_a_listed_word_is_its_own_lemma(wordnet, word):
    assert wordnet.lemma(word) == word


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("cars", "car"),
        ("buses", "bus"),
        ("cities", "city"),
        ("leaves", "leaf"),
        ("men", "man"),
        ("brown bears", "brown bear"),
        ("traffic_lights", "traffic light"),
    ],
)
def test_plurals_become_singular(wordnet, plural, singular):
    assert wordnet.lemma(plural) == singular


@pytest.mark.parametrize(
    "word", ["xyzzys", "ss", "s", "", " ", "車", "bear_", "_bears", "brown xs"]
)
def test_an_unknown_word_is_unchanged(wordnet, word):
    assert wordnet.lemma(word) == word
    assert wordnet.synsets(word) == []
    assert wordnet.category(word) is None
    assert not wordnet.is_noun(word)


def test_synsets_are_ordered_as_the_index_orders_them(wordnet):
    first, second = wordnet.synsets("man")
    assert wordnet.words(first) == ["man"]
    assert wordnet.words(second) == ["man", "piece"]


def test_words_of_one_synset_share_it(wordnet):
    assert wordnet.synsets("Brown bears") == wordnet.synsets("ursus_arctos")
    assert wordnet.words(wordnet.synsets("brown bear")[0]) == ["brown bear", "ursus arctos"]


def test_a_hypernym_is_one_step_up_and_the_top_has_none(wordnet):
    (brown,) = wordnet.synsets("brown bear")
    assert wordnet.hypernyms(brown) == wordnet.synsets("bear")
    assert wordnet.hypernyms(wordnet.synsets("entity")[0]) == []


def test_the_category_is_that_of_the_first_synset(wordnet):
    assert wordnet.category("men") == "person"
    assert wordnet.category("beasts") == "animal"


def test_a_synset_of_another_wordnet_is_refused(wordnet):
    with pytest.raises(SourceError, match="n00000007"):
        wordnet.words("n00000007")


def test_a_folder_without_its_files_is_refused_by_name(tmp_path):
    with pytest.raises(SourceError, match=r"noun\.exc"):
        WordNet.read(tmp_path)


@dpkg
def test_a_damaged_package_is_refused(tmp_path):
    package = tmp_path / "wordnet-base.deb"
    package.write_bytes(b"!<arch>\nnot a package")
    with pytest.raises(SourceError, match="no whole Debian package"):
        WordNet.read(package)


@dpkg
def test_a_package_and_its_folder_say_the_same(tmp_path, wordnet_folder, wordnet):
    root = tmp_path / "root"
    shutil.copytree(wordnet_folder, root / "usr/share/wordnet")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(
        "Package: wordnet-base\nVersion: 3.0\nArchitecture: all\n"
        "Maintainer: Nobody <nobody@example.org>\nDescription: nouns\n"
    )
    package = tmp_path / "wordnet-base.deb"
    subprocess.run(["dpkg-deb", "--build", root, package], check=True, capture_output=True)
    assert WordNet.read(package) == wordnet


@fetched
@dpkg
def test_the_real_nouns_are_read_in_seconds_and_keep_imagenets_ids():
    start = time.process_time()
    real = WordNet.read(PACKAGE)
    assert time.process_time() - start < 2
    assert len(real.index) == 117798
    assert real.synsets("dogs")[0] == "n02084071"
    for plural in ("paris", "bus", "canvas", "data", "oxen"):
        assert real.lemma(plural) == plural
    assert real.lemma("teeth") == "tooth"
    assert real.lemma("women") == "woman"
    assert real.lemma("ice_creams") == "ice cream"
    assert real.category("rose") == "plant"
