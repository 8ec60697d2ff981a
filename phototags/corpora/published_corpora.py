"""Declarations of all known corpora: files, licence, citation. docs/corpora.md describes each."""

from phototags.corpora.corpus import Corpus, make_corpus

COREL = {
    "licence": "research use only, never republished: the pictures are Corel's",
    "citation": "Duygulu, Barnard, de Freitas & Forsyth, Object Recognition as Machine "
    "Translation, ECCV 2002",
}
INRIA_FILES = (
    "corel_train_list.txt corel_test_list.txt corel_train_annot.txt corel_test_annot.txt "
    "recovered_words.tsv"
)
FLICKR = "Creative Commons, each photo its own"
MIRFLICKR = {
    "licence": FLICKR,
    "citation": "Huiskes & Lew, The MIR Flickr Retrieval Evaluation, MIR 2008",
}
MIRFLICKR_128 = "mirflickr25k_128"
GENOME = {
    "licence": "CC BY 4.0",
    "citation": "Krishna et al., Visual Genome, IJCV 123, 2017",
}
GENOME_FILES = (
    "image_data.json.zip objects.json.zip attributes.json.zip region_descriptions.json.zip "
    "images.zip images2.zip"
)
ESP_GAME = {
    "licence": "unclear: pictures of the web of 2003, for research only",
    "citation": "von Ahn & Dabbish, Labeling Images with a Computer Game, CHI 2004",
}
IAPRTC12 = {
    "licence": "free of charge and without copyright restrictions, says its page",
    "citation": "Grubinger, Clough, Müller & Deselaers, The IAPR TC-12 Benchmark, OntoImage 2006",
}


def _cite_too(terms: dict[str, str], more: str) -> dict[str, str]:
    """Terms that ask to cite another paper too."""
    return terms | {"citation": f"{terms['citation']}; {more}"}


def _make_corpora(folder: str, names: str, photos: int, files: str, **more) -> list[Corpus]:
    """Corpora, each read by the reader of its name, on the same files in one folder."""
    paths = [f"{folder}/{file}" for file in files.split()]
    return [make_corpus(name, photos, paths, collection=folder, **more) for name in names.split()]


TAGPROP = "its lists and matrices: Guillaumin, Mensink, Verbeek & Schmid, TagProp, ICCV 2009"
MIRRORED = (
    make_corpus(
        "openclipart",
        8121,
        ("openclipart/openclipart-png.deb", "openclipart/openclipart-svg.deb"),
        licence="public domain",
        citation="the contributors of the Open Clip Art Library, by Debian's openclipart packages",
    ),
    make_corpus(
        "tuxpaint",
        796,
        ("tuxpaint/tuxpaint-stamps-default.deb",),
        licence="GPL-2",
        citation="Bill Kendrick and contributors, Tux Paint Stamps, by Debian's package",
    ),
    make_corpus(
        "corel5k", 4999, ("corel5k/photos.tsv", "corel5k/images.tar"), reader="table", **COREL
    ),
    make_corpus(
        "corel5k-260",
        4999,
        ("corel5k/images.tar", *(f"corel5k/inria260/{file}" for file in INRIA_FILES.split())),
        reader="inria",
        collection="corel5k",
        view_of="corel5k",
        **_cite_too(
            COREL,
            "its 260-word form: Guillaumin, Mensink, Verbeek & Schmid, TagProp, ICCV 2009",
        ),
    ),
    make_corpus(
        "flickr8k",
        4000,
        ("flickr8k/photos.tsv", "flickr8k/images.tar"),
        reader="table",
        licence="non-commercial research only, never republished",
        citation="Hodosh, Young & Hockenmaier, Framing Image Description as a Ranking Task, "
        "JAIR 47, 2013",
    ),
    make_corpus(
        MIRFLICKR_128,
        9846,
        (f"{MIRFLICKR_128}/photos.tsv", f"{MIRFLICKR_128}/images.tar"),
        reader="table",
        **MIRFLICKR,
    ),
    *(
        make_corpus(
            f"{MIRFLICKR_128}-{tags}",
            9846,
            (f"{MIRFLICKR_128}/concepts.tsv", f"{MIRFLICKR_128}/images.tar"),
            reader=f"table-{tags}",
            collection=MIRFLICKR_128,
            view_of=MIRFLICKR_128,
            **MIRFLICKR,
        )
        for tags in ("concepts", "relevant")
    ),
)
PUBLISHED = (
    *_make_corpora(
        "yfcc100m",
        "yfcc100m",
        100_000,
        "yfcc100m_dataset.bz2",
        licence=FLICKR,
        citation="Thomee et al., YFCC100M: The New Data in Multimedia Research, CACM 59(2), 2016",
        pictures="web",
        sample=100_000,
    ),
    *_make_corpora(
        "visual_genome",
        "visual_genome visual_genome-synsets visual_genome-attributes",
        108_077,
        GENOME_FILES,
        **GENOME,
    ),
    *(
        corpus
        for size in (150, 1600)
        for corpus in _make_corpora(
            "visual_genome",
            f"visual_genome-{size}",
            108_077,
            f"{GENOME_FILES} object_alias.txt objects_vocab_{size}.txt",
            **GENOME,
        )
    ),
    *_make_corpora("mirflickr25k", "mirflickr25k", 25_000, "mirflickr25k.zip", **MIRFLICKR),
    *_make_corpora(
        "mirflickr25k",
        "mirflickr25k-concepts",
        25_000,
        "mirflickr25k.zip mirflickr25k_annotations_v080.zip",
        view_of="mirflickr25k",
        **MIRFLICKR,
    ),
    *_make_corpora("esp_game", "esp_game", 100_000, "ESP-ImageSet.tar", **ESP_GAME),
    *_make_corpora(
        "esp_game",
        "esp_game-268",
        20_770,
        "ESP-ImageSet.tar espgame.20091111.tar",
        **_cite_too(ESP_GAME, TAGPROP),
    ),
    *_make_corpora("iaprtc12", "iaprtc12", 20_000, "iaprtc12.tar", **IAPRTC12),
    *_make_corpora(
        "iaprtc12",
        "iaprtc12-291",
        19_627,
        "iaprtc12.tar iaprtc12.20091111.tar",
        **_cite_too(IAPRTC12, TAGPROP),
    ),
    *(
        corpus
        for year in (2014, 2017)
        for corpus in _make_corpora(
            f"coco-{year}",
            f"coco-{year} coco-{year}-captions",
            123_287,
            f"annotations_trainval{year}.zip train{year}.zip val{year}.zip",
            licence=f"annotations CC BY 4.0; pictures {FLICKR}",
            citation="Lin et al., Microsoft COCO: Common Objects in Context, ECCV 2014",
        )
    ),
    *_make_corpora(
        "nus_wide",
        "nus_wide nus_wide-81",
        269_648,
        "ImageList.zip NUS_WID_Tags.zip ConceptsList.zip Groundtruth.zip NUS-WIDE-urls.txt",
        licence="tags and concepts for research; the pictures are their photographers'",
        citation="Chua et al., NUS-WIDE: A Real-World Web Image Database, CIVR 2009",
        pictures="web",
    ),
)
KNOWN = (*MIRRORED, *PUBLISHED)
