"""The tagger that a run hands out: a folder to carry, and how to use one."""
