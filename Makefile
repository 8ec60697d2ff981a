# make results            environment, then the default run (real pictures, tables, figures, a tagger)
# make results RUN=photographs MIRROR=folder-or-url     another run: presets/photographs.yaml
# make box MIRROR=folder-or-url                    the tagger that comes with phototags
# make check-results    are the committed results unedited, possible, and of this code and params?
# make compare A=results/pictures B=../other/results/pictures   differences of two runs, in pairs
# make app [FOLDER=...] the page: find photos by words, see tags
# make test | fuzz | slurm-test | lint | bench | docs | lock | tidy | clean
# Needs Python 3.11, git and make.

PYTHON ?= python3.11
RUN ?= pictures
BIN := .venv/bin
READY := .venv/.ready
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Hundreds of processes import torch: compiled once, not in each, whatever a shell or a CI has set.
unexport PYTHONDONTWRITEBYTECODE
ifdef MIRROR
export PHOTOTAGS_MIRROR := $(MIRROR)
endif
PRESET := $(if $(filter-out pictures,$(RUN)),--configfile presets/$(RUN).yaml)

.PHONY: environment results check-results compare box app test fuzz lint format bench acceptance slurm-test docs lock tidy clean

environment: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		--require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	touch $@

results: $(READY)
	snakemake --cores all $(PRESET)

check-results: $(READY)
	$(BIN)/python -m phototags.results.check_results

compare: $(READY)
	$(BIN)/python -m phototags.results.pair_runs $(A) $(B)

BOX := model.safetensors calibration.safetensors config.json vocabulary.tsv scores.csv MODEL_CARD.md

box: $(READY)
	snakemake models/photographs/box/MODEL_CARD.md --cores all --configfile presets/photographs.yaml
	mkdir -p phototags/box/tagger
	cp $(BOX:%=models/photographs/box/%) models/photographs/tagger/zero_shot.safetensors phototags/box/tagger

app: $(READY)
	phototags serve --open $(FOLDER)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

fuzz: $(READY)
	PHOTOTAGS_EXAMPLES=100 PHOTOTAGS_FUZZ=100000 PHOTOTAGS_LINES=2000000 $(BIN)/python -m pytest tests/mutations \
		tests/corpora/test_yfcc100m_reader.py

lint: $(READY)
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile rules
	snakemake --lint

format: $(READY)
	ruff check --fix .
	ruff format .
	snakefmt Snakefile rules

bench: $(READY)
	for bench in tests/benchmarks/bench_*.py; do $(BIN)/python $$bench || exit 1; done

# On a real SLURM node of one machine; TARGET=all for the whole preset. docs/clusters.md
slurm-test: $(READY)
	PHOTOTAGS_SLURM_TARGET=$(TARGET) $(BIN)/python -m pytest -rs tests/test_slurm.py

acceptance: $(READY)
	bash tests/acceptance.sh

docs: $(READY)
	$(BIN)/python -m phototags.docs.params_page docs/params.md
	$(BIN)/python -m phototags.report.tables.cost benchmarks results/$(RUN)
	$(BIN)/python -m phototags.docs.fill_pages README.md docs/*.md

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --extra dev --extra slurm pyproject.toml -o requirements.lock

# Outputs of former params or code, of every run that has a folder in models/.
tidy: $(READY)
	$(BIN)/python -m phototags.workflow.tidy $(if $(YES),--yes)

clean:
	rm -rf .venv .venv-peers checkpoints data live models logs benchmarks .snakemake
