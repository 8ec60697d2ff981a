"""Rule `list_photos`: list the photos of a corpus and their tags; pictures are not opened yet."""

from pathlib import Path

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.listing import drop_removals, list_corpus, write_listing
from phototags.corpora.user_salt import read_recorded_salt
from phototags.io.logs import start_job
from phototags.params.own_tables import read_own_tables
from phototags.photos.removals import read_removals, write_matches

given = start_job(snakemake)  # noqa: F821
inputs, output, params = given.input, given.output, given.params
name = given.wildcards.corpus

corpus = find_corpus(name, read_own_tables(params.tables), {name: params.sample})
folder, wordnet = Path(inputs.sources[0]).parent, inputs.get("wordnet")
user_ids, salt = params.users[0], read_recorded_salt(params.users[1])
listed = list_corpus(corpus, folder, wordnet and Path(wordnet), user_ids=user_ids, salt=salt)
removals = read_removals(inputs.removals)
kept = drop_removals(listed, corpus, folder, removals, params.max_bytes)
write_listing(kept, output.listing, output.drops)
write_matches(output.removed, removals)
