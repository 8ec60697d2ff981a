"""What the files of a mirror must be, as `sha256sum` writes it: their makers release no other."""

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
"""  # noqa: E501
SHA256 = {path: digest for digest, path in map(str.split, SHA256SUMS.split("\n")[1:-1])}
