"""Corpora that their makers publish: files, terms, fields. docs/corpora.md says more of each."""

from phototags.corpora.corpus import Corpus
from phototags.corpora.source_addresses import ADDRESSES, Address
from phototags.download.sources import Source

FLICKR = "Creative Commons, each photo its own"
TAGPROP = "; its lists and matrices: Guillaumin, Mensink, Verbeek & Schmid, TagProp, ICCV 2009"


def _corpora(
    folder: str,
    names: str,
    photos: int,
    files: str,
    *,
    licence: str,
    citation: str,
    fields: str,
    **more,
) -> list[Corpus]:
    """Corpora, each read by the reader of its name, on the same files in one folder."""
    sources = []
    for file in files.split():
        at = ADDRESSES.get(f"{folder}/{file}", Address())
        published = (at.url or file).rpartition("/")[2]
        sources.append(
            Source(
                file,
                f"{folder}/{published}",
                url=at.url,
                size=at.size,
                sha256=at.sha256,
                licence=licence,
                citation=citation,
            )
        )
    terms = {"licence": licence, "citation": citation, "fields": fields, "collection": folder}
    return [Corpus(name, name, photos, tuple(sources), **terms, **more) for name in names.split()]


YFCC100M = _corpora(
    "yfcc100m",
    "yfcc100m",
    100_000,
    "yfcc100m_dataset.bz2",
    licence=FLICKR,
    citation="Thomee et al., YFCC100M: The New Data in Multimedia Research, CACM 59(2), 2016",
    fields="user_id tags title description taken_at longitude latitude licence licence_url author "
    "page_url photo_url",
    pictures="web",
    sample=100_000,
)
GENOME_FILES = (
    "image_data.json.zip objects.json.zip attributes.json.zip region_descriptions.json.zip "
    "images.zip images2.zip"
)
GENOME_TERMS = {
    "licence": "CC BY 4.0",
    "citation": "Krishna et al., Visual Genome, IJCV 123, 2017",
    "fields": "tags description licence licence_url photo_url split",
}
VISUAL_GENOME = _corpora(
    "visual_genome",
    "visual_genome visual_genome-synsets visual_genome-attributes",
    108_077,
    GENOME_FILES,
    **GENOME_TERMS,
)
for size in ("150", "1600"):
    VISUAL_GENOME += _corpora(
        "visual_genome",
        f"visual_genome-{size}",
        108_077,
        f"{GENOME_FILES} object_alias.txt objects_vocab_{size}.txt",
        **GENOME_TERMS,
    )
MIRFLICKR25K = _corpora(
    "mirflickr25k",
    "mirflickr25k mirflickr25k-concepts",
    25_000,
    "mirflickr25k.zip mirflickr25k_annotations_v080.zip",
    licence=FLICKR,
    citation="Huiskes & Lew, The MIR Flickr Retrieval Evaluation, MIR 2008",
    fields="tags title licence licence_url author page_url",
)
ESP_TERMS = {
    "licence": "unclear: pictures of the web of 2003, for research only",
    "citation": "von Ahn & Dabbish, Labeling Images with a Computer Game, CHI 2004",
}
ESP_GAME = _corpora(
    "esp_game", "esp_game", 100_000, "ESP-ImageSet.tar", **ESP_TERMS, fields="tags"
) + _corpora(
    "esp_game",
    "esp_game-268",
    20_770,
    "ESP-ImageSet.tar espgame.20091111.tar",
    licence=ESP_TERMS["licence"],
    citation=ESP_TERMS["citation"] + TAGPROP,
    fields="tags split",
)
IAPR_TERMS = {
    "licence": "free of charge and without copyright restrictions, says its page",
    "citation": "Grubinger, Clough, Müller & Deselaers, The IAPR TC-12 Benchmark, OntoImage 2006",
}
IAPRTC12 = _corpora(
    "iaprtc12",
    "iaprtc12",
    20_000,
    "iaprtc12.tar",
    **IAPR_TERMS,
    fields="tags title description taken_at",
) + _corpora(
    "iaprtc12",
    "iaprtc12-291",
    19_627,
    "iaprtc12.tar iaprtc12.20091111.tar",
    licence=IAPR_TERMS["licence"],
    citation=IAPR_TERMS["citation"] + TAGPROP,
    fields="tags title description taken_at split",
)
COCO = [
    corpus
    for year in (2014, 2017)
    for corpus in _corpora(
        f"coco-{year}",
        f"coco-{year} coco-{year}-captions",
        123_287,
        f"annotations_trainval{year}.zip train{year}.zip val{year}.zip",
        licence=f"annotations CC BY 4.0; pictures {FLICKR}",
        citation="Lin et al., Microsoft COCO: Common Objects in Context, ECCV 2014",
        fields="tags description taken_at licence licence_url photo_url split",
    )
]
NUS_WIDE = _corpora(
    "nus_wide",
    "nus_wide nus_wide-81",
    269_648,
    "ImageList.zip NUS_WID_Tags.zip ConceptsList.zip Groundtruth.zip NUS-WIDE-urls.txt",
    licence="tags and concepts for research; the pictures are their photographers'",
    citation="Chua et al., NUS-WIDE: A Real-World Web Image Database, CIVR 2009",
    fields="tags photo_url split",
    pictures="web",
)
PUBLISHED = (*YFCC100M, *VISUAL_GENOME, *MIRFLICKR25K, *ESP_GAME, *IAPRTC12, *COCO, *NUS_WIDE)
