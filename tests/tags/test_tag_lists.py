import pytest

from phototags.errors import ParamsError
from phototags.tags.tag_lists import SYNSETS, find_task_tags, list_synsets, read_aliases, read_tags


def written(folder, text):
    path = folder / "list.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_tags_of_a_file_are_cleaned_and_comments_skipped(tmp_path):
    path = written(tmp_path, "# what apps write\nSquare_Format\n\n#instagram\n台灣\n")
    assert read_tags(path, "vocabulary.blacklist") == {"square format", "instagram", "台灣"}


def test_no_file_lists_nothing():
    assert read_tags(None, "vocabulary.blacklist") == set()
    assert read_aliases(None) == {}


def test_a_missing_file_is_named_with_its_key():
    with pytest.raises(ParamsError, match="vocabulary.blacklist: nowhere.txt"):
        read_tags("nowhere.txt", "vocabulary.blacklist")


def test_aliases_are_cleaned(tmp_path):
    path = written(tmp_path, "NYC\tNew York\n# a comment\nbig_apple\tnew york\ncar\tCar\n")
    assert read_aliases(path) == {"nyc": ("new york",), "big apple": ("new york",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nyc new york\n", "line 1"),
        ("a\tb\na\tc\n", "line 2"),
        ("a\t\n", "line 1"),
        ("a\tb\nb\tc\n", "becomes another"),
    ],
)
def test_an_alias_that_cannot_be_is_refused(tmp_path, text, message):
    with pytest.raises(ParamsError, match=message):
        read_aliases(written(tmp_path, text))


def test_a_file_of_words_knows_their_plurals_and_synonyms(tmp_path, wordnet):
    path = written(tmp_path, "car,auto\nbrown bear\n")
    tags = ["cars", "auto", "ursus arctos", "bus"]
    assert find_task_tags(str(path), tags, wordnet) == {"cars", "auto", "ursus arctos"}


def test_a_table_with_a_word_column_is_a_file_of_words(tmp_path, wordnet):
    path = written(tmp_path, "column\tword\n1\tcar\n2\tbus\n")
    assert find_task_tags(str(path), ["car", "column", "word"], wordnet) == {"car"}


def test_imagenet_knows_by_first_meaning(wordnet, monkeypatch, tmp_path):
    synsets = written(tmp_path, wordnet.synsets("car")[0] + "\n" + wordnet.synsets("man")[1])
    monkeypatch.setattr("phototags.tags.tag_lists._find_timm_list", lambda name: synsets)
    assert find_task_tags("imagenet", ["autos", "man", "bus"], wordnet) == {"autos"}


def test_timms_lists_are_imagenets():
    sizes = {name: len(list_synsets(name)) for name in SYNSETS}
    assert sizes == {"imagenet": 1000, "imagenet21k": 21843}


def test_a_task_in_the_mirror_needs_a_mirror(wordnet, monkeypatch):
    monkeypatch.delenv("PHOTOTAGS_MIRROR", raising=False)
    with pytest.raises(ParamsError, match="PHOTOTAGS_MIRROR"):
        find_task_tags("visual_genome", ["car"], wordnet)


def test_the_real_lists_know_common_things(wordnet, real_mirror, monkeypatch):
    monkeypatch.setenv("PHOTOTAGS_MIRROR", str(real_mirror))
    assert find_task_tags("visual_genome", ["cars", "bus", "xyzzy"], wordnet) == {"cars", "bus"}
    assert find_task_tags("esp_game", ["airplane", "xyzzy"], wordnet) == {"airplane"}
