"""All readers by name, as the registry of corpora names them."""

from collections.abc import Mapping

from phototags.corpora.class_folders import ClassFolders
from phototags.corpora.coco import Coco
from phototags.corpora.esp_game import EspGame
from phototags.corpora.iaprtc12 import IaprTc12
from phototags.corpora.inria import InriaCorel5k
from phototags.corpora.keyword_photos import KeywordPhotos
from phototags.corpora.mirflickr25k import MirFlickr25k
from phototags.corpora.nus_wide import NusWide
from phototags.corpora.openclipart import OpenClipart
from phototags.corpora.photos_tsv import PhotosTsv, WebPhotosTsv
from phototags.corpora.reader import Reader
from phototags.corpora.tuxpaint import TuxPaint
from phototags.corpora.visual_genome import VisualGenome
from phototags.corpora.yfcc100m import Yfcc100m

READERS: Mapping[str, Reader] = {
    "openclipart": OpenClipart(),
    "tuxpaint": TuxPaint(),
    "table": PhotosTsv(),
    "table-web": WebPhotosTsv(),
    "table-concepts": PhotosTsv(table="concepts.tsv"),
    "table-relevant": PhotosTsv(table="concepts.tsv", column="relevant"),
    "folders": ClassFolders(),
    "keywords": KeywordPhotos(),
    "inria": InriaCorel5k(),
    "yfcc100m": Yfcc100m(),
    "mirflickr25k": MirFlickr25k(),
    "mirflickr25k-concepts": MirFlickr25k(concepts=True),
    "visual_genome": VisualGenome(),
    "visual_genome-150": VisualGenome(vocabulary="objects_vocab_150.txt"),
    "visual_genome-1600": VisualGenome(vocabulary="objects_vocab_1600.txt"),
    "visual_genome-synsets": VisualGenome(kind="synsets"),
    "visual_genome-attributes": VisualGenome(kind="attributes"),
    "esp_game": EspGame(),
    "esp_game-268": EspGame(tagprop=True),
    "iaprtc12": IaprTc12(),
    "iaprtc12-291": IaprTc12(tagprop=True),
    "coco-2014": Coco(year=2014),
    "coco-2017": Coco(year=2017),
    "coco-2014-captions": Coco(year=2014, captions=True),
    "coco-2017-captions": Coco(year=2017, captions=True),
    "nus_wide": NusWide(),
    "nus_wide-81": NusWide(concepts=True),
}
