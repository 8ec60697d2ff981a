"""Addresses, sizes and hashes of the files of corpora, as far as they are recorded.

Of the pictures and image_data.json of Visual Genome as HuggingFace's datasets fetched them, of
COCO as TensorFlow's did; those of the others are unpublished. docs/corpora.md cites each.
"""

SHA256SUMS = """
bc2380a7a1df0d9e8c2c03c53b10e49860f21283c5d74361a593ba6c0976fe2b  corel5k/images.tar
8bedabff6fee0aef2b88c78d2f33ef816e656273bd3c95ef7343c28705c38d3f  corel5k/photos.tsv
5d87e1249a505b752156c901cd7493f2aa1a8e2622050cd8dc9e28e17018675d  corel5k/inria260/corel_test_annot.txt
833408c9fde1bc0bc1dcf678a122ec339990d5c07deca396711a96f4b2c1bb8b  corel5k/inria260/corel_test_list.txt
78fa1d893aefadc6876bc855345c65221507ef46f7b5362cfe6623b5275bf801  corel5k/inria260/corel_train_annot.txt
ea429c6e51bcb660d543059ca6902551196425bc5fdbbb76cd614dddcc4e21d0  corel5k/inria260/corel_train_list.txt
cd0b3ddfe8e0af249bac94facb5c0dd09577a76f774550671436e41e2c8bb0ab  corel5k/inria260/recovered_words.tsv
3df8b7dbfc4e201ae141e488d87ef8e57cc1a3760d7caea50c441fe09d593baf  flickr8k/images.tar
4c0ac39f8a409aba3b1afa4e8462dbf86126ed74aafd1bce1c569159d07a2ab2  flickr8k/photos.tsv
f82ea6907736d4381ed8b0c062be78a3d3932d8f11b77fe0f8e6a4f5b06483c9  mirflickr25k_128/concepts.tsv
ed64f46f0f5119a315860a94bd8f5accf2069f6da5ae7ff298e8636b0a9bc66b  mirflickr25k_128/images.tar
d5f5f4d0b5f5a4c9afb9b7191fbca840c51ddf34284aa4e124d4cd8540b95abe  mirflickr25k_128/photos.tsv
"""  # noqa: E501
"""As `sha256sum` writes it, of the files that only a mirror has: their makers release no other."""

ADDRESSES = """
visual_genome/image_data.json.zip https://homes.cs.washington.edu/~ranjay/visualgenome/data/dataset/image_data.json.zip 1780854 b87a94918cb2ff4d952cf1dfeca0b9cf6cd6fd204c2f8704645653be1163681a
visual_genome/objects.json.zip https://homes.cs.washington.edu/~ranjay/visualgenome/data/dataset/objects.json.zip - -
visual_genome/attributes.json.zip https://homes.cs.washington.edu/~ranjay/visualgenome/data/dataset/attributes.json.zip - -
visual_genome/region_descriptions.json.zip https://homes.cs.washington.edu/~ranjay/visualgenome/data/dataset/region_descriptions.json.zip - -
visual_genome/object_alias.txt https://homes.cs.washington.edu/~ranjay/visualgenome/data/dataset/object_alias.txt 60166 0c8e059fc31eeebfd98231f5789892da8ae33bfa00434c70aee969dc6eaa853b
visual_genome/objects_vocab_1600.txt https://raw.githubusercontent.com/airsplay/py-bottom-up-attention/master/demo/data/genome/1600-400-20/objects_vocab.txt - -
visual_genome/images.zip https://cs.stanford.edu/people/rak248/VG_100K_2/images.zip 9731705982 51c682d2721f880150720bb416e0346a4c787e4c55d7f80dfd1bd3f73ba81646
visual_genome/images2.zip https://cs.stanford.edu/people/rak248/VG_100K_2/images2.zip 5471658058 99da1a0ddf87011319ff3b05cf9176ffee2731cc3c52951162d9ef0d68e3cfb5
mirflickr25k/mirflickr25k.zip https://press.liacs.nl/mirflickr/mirflickr25k.v3b/mirflickr25k.zip - -
mirflickr25k/mirflickr25k_annotations_v080.zip https://press.liacs.nl/mirflickr/mirflickr25k.v3b/mirflickr25k_annotations_v080.zip - -
esp_game/ESP-ImageSet.tar http://hunch.net/~learning/ESP-ImageSet.tar.gz - -
esp_game/espgame.20091111.tar https://lear.inrialpes.fr/people/guillaumin/data/iccv09/espgame.20091111.tar.bz2 - -
iaprtc12/iaprtc12.tar http://www-i6.informatik.rwth-aachen.de/imageclef/resources/iaprtc12.tgz - -
iaprtc12/iaprtc12.20091111.tar https://lear.inrialpes.fr/people/guillaumin/data/iccv09/iaprtc12.20091111.tar.bz2 - -
coco-2014/annotations_trainval2014.zip http://images.cocodataset.org/annotations/annotations_trainval2014.zip 252872794 031296bbc80c45a1d1f76bf9a90ead27e94e99ec629208449507a4917a3bf009
coco-2014/train2014.zip http://images.cocodataset.org/zips/train2014.zip 13510573713 ede4087e640bddba550e090eae701092534b554b42b05ac33f0300b984b31775
coco-2014/val2014.zip http://images.cocodataset.org/zips/val2014.zip 6645013297 fe9be816052049c34717e077d9e34aa60814a55679f804cd043e3cbee3b9fde0
coco-2017/annotations_trainval2017.zip http://images.cocodataset.org/annotations/annotations_trainval2017.zip 252907541 113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268
coco-2017/train2017.zip http://images.cocodataset.org/zips/train2017.zip 19336861798 69a8bb58ea5f8f99d24875f21416de2e9ded3178e903f1f7603e283b9e06d929
coco-2017/val2017.zip http://images.cocodataset.org/zips/val2017.zip 815585330 4f7e2ccb2866ec5041993c9cf2a952bbed69647b115d0f74da7ce8f4bef82f05
nus_wide/ImageList.zip https://lms.comp.nus.edu.sg/wp-content/uploads/2019/research/nuswide/ImageList.zip - -
nus_wide/NUS_WID_Tags.zip https://lms.comp.nus.edu.sg/wp-content/uploads/2019/research/nuswide/NUS_WID_Tags.zip - -
nus_wide/ConceptsList.zip https://lms.comp.nus.edu.sg/wp-content/uploads/2019/research/nuswide/ConceptsList.zip - -
nus_wide/Groundtruth.zip https://lms.comp.nus.edu.sg/wp-content/uploads/2019/research/nuswide/Groundtruth.zip - -
"""  # noqa: E501
"""File, address, bytes and sha256 of what makers publish; a dash where unknown."""


def _parse_tables() -> dict[str, dict[str, str | int]]:
    sums = [line.split() for line in SHA256SUMS.strip().split("\n")]
    known: dict[str, dict] = {file: {"sha256": sha256} for sha256, file in sums}
    for line in ADDRESSES.strip().split("\n"):
        file, url, size, sha256 = (None if value == "-" else value for value in line.split())
        known[file] = {"url": url, "size": size and int(size), "sha256": sha256}
    return known


KNOWN_FILES = _parse_tables()
"""url, size and sha256 of `Source`, by the path that `make_corpus` takes."""
