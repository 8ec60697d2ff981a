"""`phototags learn`: learn a tagger from the keywords in a folder of photos."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.box.learn_keywords import LearnedKeywords

DETAILS = """\
examples:
  phototags learn photos/ --out mine
  phototags tag new/ --model mine --above 0.5
  phototags tag new/ --model mine --above 0.5 --write xmp

What was accepted or refused on the page of `phototags serve`, or with `phototags review`, counts as
a keyword that the photo has or lacks; photos without keywords teach nothing else. It is read from
the index (--index), and so are features of photos that are indexed.

Keywords are read from XMP and IPTC in the photos and from sidecars beside them; those that
phototags wrote are left out, and so are photos without keywords. Of `Places|Italy|Rome` each level
is a keyword (--levels). The network is that of the tagger that comes with phototags, which stays
as it is; only a head is learned. Photos of a day, or where the date is unknown of a folder, are
left out together, to choose the penalty, to fit probabilities and to say how much was learned:
the table compares the average precision of each keyword on photos left out with chance and with
the other tagger's word of the same name. Also in DIR/scores.csv. Where tags were judged, a line
says what that was worth on the same photos.
"""
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_model_option(parser, "tagger whose network is used", "the one in the box")
    common.add_index_option(parser)
    parser.add_argument("photos", nargs="+", metavar="FOLDER", help="photos with keywords")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new tagger")
    what = "learn keywords of at least so many photos (default: 10)"
    parser.add_argument("--min-photos", type=common.parse_count, default=10, metavar="N", help=what)
    what = "levels of hierarchical keywords to learn (default: all)"
    parser.add_argument("--levels", choices=("all", "last", "whole"), default="all", help=what)


def run(args: argparse.Namespace) -> int:
    """Learn the tagger, write it and say how well it does on photos left out."""
    folder = common.find_tagger(args.model or common.BOX)
    common.prepare_backbone(folder)
    from phototags.box.keyword_folder import read_folder
    from phototags.box.learn_keywords import learn_keywords, write_learned
    from phototags.box.score_keywords import compare_feedback, compare_tags
    from phototags.export.tag_photos import load_exported
    from phototags.io.progress import show_progress
    from phototags.keywords.exiv2 import load_pyexiv2
    from phototags.photos.folders import describe_counts
    from phototags.photos.picture_files import list_pictures
    from phototags.serve.feedback import FILE, Feedback

    load_pyexiv2()
    (backbone,) = common.read_config(folder, "backbone")
    exported, listed = load_exported(folder), list_pictures(args.photos).photos
    cache, index = args.out / "features.safetensors", args.index or common.default_index()
    listed = show_progress(listed, "reading", len(listed))
    with open_features(index, folder) as find_features:
        verdicts = Feedback(index / FILE).verdicts
        known = (cache, backbone, verdicts, find_features)
        photos, left_out = read_folder(listed, exported, args.levels, *known)
    if left_out:
        common.warn(f"left out: {describe_counts(left_out)}")
    learned = learn_keywords(photos, args.min_photos)
    write_learned(args.out, learned, backbone)
    scores = exported.tagger.scores(photos.features[photos.whole]).detach().double().numpy()
    others = {tag: scores[:, place] for tag, place in exported.vocabulary.ids.items()}
    say_scores(args.out, learned, compare_tags(learned, others))
    if judged := sum(map(len, photos.verdicts)):
        before = learn_keywords(photos.forget_verdicts(), args.min_photos)
        shared, new, old = compare_feedback(learned, before)
        common.say(
            f"{judged} tags accepted or refused: mAP over {shared} keywords {100 * new:.1f}, "
            f"without them {100 * old:.1f}"
        )
    return common.SUCCESS


@contextlib.contextmanager
def open_features(index: Path, tagger: Path) -> Iterator[Callable[[str], Tensor | None]]:
    """A function that finds a photo's features in an index; it finds none without an index."""
    import torch

    from phototags.library.records import find_features
    from phototags.library.store import FILE, name_errors, open_store
    from phototags.library.taggers import identify_tagger

    if not (index / FILE).is_file():
        yield lambda _: None
        return
    backbone = identify_tagger(tagger).backbone

    def find(sha256: str) -> Tensor | None:
        features = find_features(store, backbone, sha256)
        return None if features is None else torch.from_numpy(features)

    with contextlib.closing(open_store(index)) as store, name_errors(index):
        yield find


def say_scores(folder: Path, learned: LearnedKeywords, rows: list[dict]) -> None:
    """Print how well keywords of photos left out are found, and write all to scores.csv."""
    import pandas as pd

    from phototags.box.score_keywords import measure_cut
    from phototags.io.storage import write_csv

    table = pd.DataFrame(rows).astype({"other": float})
    write_csv(folder / "scores.csv", table, float_format="%.6g")
    common.say(f"{'keyword':30}  photos  chance  learned  other")
    for row in rows[:SHOWN]:
        other = "" if row["other"] is None else f"{100 * row['other']:5.1f}"
        values = f"{100 * row['chance']:6.1f}  {100 * row['learned']:7.1f}  {other}"
        common.say(f"{row['tag'][:30]:30}  {row['photos']:6}  {values}")
    if len(rows) > SHOWN:
        common.say(f"and {len(rows) - SHOWN} more in {folder / 'scores.csv'}")
    mean = 100 * table[["chance", "learned"]].mean()
    common.say(
        f"mAP on photos left out: {mean['learned']:.1f} (chance {mean['chance']:.1f}) over "
        f"{len(rows)} keywords of {len(learned.relevant)} photos"
    )
    if (shared := table.dropna()).size:
        both = 100 * shared[["learned", "other"]].mean()
        common.say(
            f"of the {len(shared)} that the other tagger has as words: learned "
            f"{both['learned']:.1f}, other {both['other']:.1f}"
        )
    if found := measure_cut(learned, 0.5):
        cut, precision, recall = found
        common.say(
            f"above {cut:.2f} (--precision 0.5): precision {100 * precision:.1f}, recall "
            f"{100 * recall:.1f} percent"
        )
