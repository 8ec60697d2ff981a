"""Lines in YFCC100M's layout of 23 fields: `python metadata_lines.py COUNT FILE`.

As the real ones are: a third untagged, 7.5 tags a photo else, whose words are Zipfian over
400,000 with capitals, accents and CJK; a video in every hundred; half with a place.
"""

import sys
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np

BATCH, WORDS, USERS = 100_000, 400_000, 500_000
SYLLABLES = [
    "ka",
    "ri",
    "mo",
    "ta",
    "lu",
    "se",
    "no",
    "vi",
    "pa",
    "do",
    "xe",
    "zu",
    "be",
    "ny",
    "gro",
    "sch",
    "tri",
    "al",
    "or",
    "en",
]
DESCRIPTION = "A+walk+in+the+old+town%2C+part+{}+with+friends+and+a+dog+%28really%29"


def word(number: int) -> str:
    """A word for each number, some with a capital, an accent, a blank or CJK letters."""
    made, left = "", number
    while not made or left:
        left, syllable = divmod(left, len(SYLLABLES))
        made += SYLLABLES[syllable]
    forms = {7: made.capitalize(), 11: f"são {made}", 13: f"{made} ka", 17: f"東京{made}"}
    return quote_plus(forms.get(number % 50, made))


def line(photo: int, user: int, tags: str) -> str:
    """One photo, or a video where the id ends so."""
    nsid, secret = f"{user + 1000000}@N{user % 100:02d}", f"{photo * 2654435761 % 2**40:010x}"
    server, farm, placed = 7000 + photo % 999, 1 + photo % 9, photo % 2
    place = [f"{photo % 360 - 180 + 0.123456:.6f}", f"{photo % 180 - 89.5:.1f}", "16"]
    return "\t".join(
        [
            *(str(photo), nsid, f"user+{user}", f"2012-07-{1 + photo % 28:02d} 12:00:00.0"),
            *(str(1342000000 + photo % 9999999), "Canon+EOS+550D" if photo % 3 else ""),
            *(f"IMG_{photo % 9999}", DESCRIPTION.format(photo % 100) if photo % 5 else ""),
            *(tags, "geo:lat=48.1" if photo % 7 == 0 else "", *(place if placed else ("",) * 3)),
            f"http://www.flickr.com/photos/{nsid}/{photo}/",
            f"http://farm{farm}.staticflickr.com/{server}/{photo}_{secret}.jpg",
            "Attribution-NonCommercial-ShareAlike License",
            "http://creativecommons.org/licenses/by-nc-sa/2.0/",
            *(str(server), str(farm), secret, secret[::-1], "jpg", "0" if photo % 100 else "1"),
        ]
    )


def write(count: int, path: Path) -> None:
    """The same lines each time, from a fixed seed."""
    draw = np.random.default_rng(1)
    words = np.array([word(number) for number in range(WORDS)], dtype=object)
    common = np.cumsum(1 / np.arange(1, WORDS + 1) ** 1.05)
    with open(path, "w", encoding="utf-8") as file:
        for start in range(0, count, BATCH):
            size = min(BATCH, count - start)
            tags = draw.geometric(1 / 7.5, size).clip(0, 75) * (draw.random(size) >= 0.35)
            chosen = words[np.searchsorted(common, draw.random(tags.sum()) * common[-1])]
            users = (draw.pareto(1.1, size) * 300).astype(np.int64) % USERS
            ends = np.cumsum(tags)
            file.writelines(
                line(2_000_000_000 + start + at, users[at], ",".join(chosen[end - number : end]))
                + "\n"
                for at, (number, end) in enumerate(zip(tags, ends, strict=True))
            )


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
