"""The readers by name. Each lists the photos of one layout and finds their pictures."""

from phototags.corpora import inria, openclipart, table, tuxpaint

READERS = {"openclipart": openclipart, "tuxpaint": tuxpaint, "table": table, "inria": inria}
