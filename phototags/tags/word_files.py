"""Find the files of words that params name; light, since the workflow's plan imports it."""

import os
from pathlib import Path

from phototags.errors import ParamsError
from phototags.params.vocabulary import Vocabulary

SYNSETS = {"imagenet": "imagenet_synsets.txt", "imagenet21k": "imagenet21k_goog_synsets.txt"}
WORDS = {
    "visual_genome": "visual_genome_annotations/objects_vocab_1600-400-20.txt",
    "esp_game": "espgame_annotations/words_recovered.tsv",
}


def list_word_files(settings: Vocabulary) -> list[str]:
    """List the files of words that a vocabulary depends on: inputs of its rule.

    Raises:
        ParamsError: when one is missing, or `match` needs a mirror folder and there is none.
    """
    named = {key: getattr(settings, key) for key in ("aliases", "blacklist", "whitelist")}
    if settings.match and settings.match not in SYNSETS:
        named["match"] = str(find_words(settings.match))
    for key, file in named.items():
        if file and not Path(file).is_file():
            raise ParamsError(
                f"vocabulary.{key} should name a file of words, but there is no {file}. "
                "Mend the path, or set the key to null."
            )
    return sorted({file for file in named.values() if file})


def find_words(match: str) -> Path:
    """Find the file of a task's words.

    Raises:
        ParamsError: when it is in a mirror, and no mirror folder is set.
    """
    if match not in WORDS:
        return Path(match)
    mirror = os.environ.get("PHOTOTAGS_MIRROR", "")
    if not mirror or mirror.startswith("http"):
        raise ParamsError(
            f"vocabulary.match: {match} needs {WORDS[match]} in a mirror folder, but "
            f"PHOTOTAGS_MIRROR is {mirror!r}. Set it, or give a file of words."
        )
    return Path(mirror) / WORDS[match]
