#!/usr/bin/env bash
# Proves in throw-away clones, on forty drawn shapes, that Snakemake and DVC agree.
# Run as `make acceptance`. Needs a committed tree; prints "N passed, M failed".
set -u
repo=$(git rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PHOTOTAGS_MIRROR="$work/mirror" DVC_NO_ANALYTICS=1
export GIT_AUTHOR_NAME=acceptance GIT_AUTHOR_EMAIL=acceptance@localhost
export GIT_COMMITTER_NAME=acceptance GIT_COMMITTER_EMAIL=acceptance@localhost
python "$repo/tests/shapes.py" "$PHOTOTAGS_MIRROR"

pass=0 fail=0
say() { if [ "$2" = "$3" ]; then pass=$((pass + 1)); echo "ok   $1"; else fail=$((fail + 1)); echo "FAIL $1: wanted <$2>, got <$3>"; fi; }
# the rules that would run: "a b c", or "none"
plan() { snakemake -n "$@" 2>/dev/null | awk '/^Job stats/{p=1;next} p&&/^[a-z_]+ +[0-9]+$/&&$1!="total"&&$1!="all"{print $1} p&&/^$/&&n++{p=0}' | sort -u | paste -sd' ' | sed 's/^$/none/'; }
has() { case " $1 " in *" $2 "*) echo yes ;; *) echo no ;; esac; }
clone() { rm -rf "$work/$1"; git clone -q "$work/origin" "$work/$1"; cd "$work/$1" && dvc remote add -q -d --local store "$work/store"; }
back() { git checkout -q . && dvc checkout -q; }
edit() { python - "$1" "$2" <<'P'
import sys, yaml
path, value = sys.argv[1].split("."), yaml.safe_load(sys.argv[2])
params = yaml.safe_load(open("params.yaml"))
section = params
for name in path[:-1]:
    section = section[name]
assert path[-1] in section, path
section[path[-1]] = value
yaml.safe_dump(params, open("params.yaml", "w"), sort_keys=False)
P
}

# The origin: this commit with the shapes preset as its params, run and pushed once.
git clone -q "$repo" "$work/origin" && cd "$work/origin" && git switch -qc shapes
rm -f dvc.lock
python - <<'P'
import yaml
from snakemake.utils import update_config
params = yaml.safe_load(open("params.yaml"))
update_config(params, yaml.safe_load(open("presets/shapes.yaml")))
params["train"]["seeds"] = [0]
# One system for each rule is enough here: train_tagger, train_with_backbone, compare_users.
used = ("multihot", "im2vec", "bilinear", "user-biased", "im2vec-whole")
params["train"]["systems"] = {name: params["train"]["systems"][name] for name in used}
yaml.safe_dump(params, open("params.yaml", "w"), sort_keys=False)
P
dvc remote add -q -d --local store "$work/store"
dvc repro -q >"$work/origin.log" 2>&1
say "dvc repro on an empty clone" 0 "$?"
[ -f dvc.lock ] || { tail -n 60 "$work/origin.log"; exit 1; }
git add -A && git commit -qm "Run on shapes" && dvc push -q
say "dvc repro again is a no-op" 0 "$(dvc repro 2>&1 | grep -c 'Running stage')"

# From nothing once more, killed (-9) in the middle of every rule, while the rest goes on.
(clone b && python tests/kill_every_rule.py "$work/origin/benchmarks" >"$work/kills.log" 2>&1) &
kills=$!

clone a
say "clone without data: DVC says the lock is current" 0 "$(dvc repro --dry --allow-missing 2>&1 | grep -c 'Running stage')"
dvc pull -q models/shapes
say "a partial pull without provenance is refused" 1 "$(snakemake -n 2>&1 | grep -c 'snakemake/metadata) is not')"
dvc pull -q
say "clone + dvc pull: Snakemake has nothing to do" none "$(plan)"
say "clone + dvc pull: dvc status" "Data and pipelines are up to date." "$(dvc status)"
say "clone + dvc pull: git is clean" "" "$(git status --porcelain)"
touch scripts/*.py phototags/*.py params.yaml; find data models -type f -exec touch {} +
say "touched files, same content" none "$(plan)"
rm models/shapes/shapes/vocabulary.tsv
say "a deleted vocabulary is missed" yes "$(has "$(plan)" build_vocabulary)"; back
echo "# a comment" >>params.yaml
say "a comment in params.yaml" none "$(plan)"; back
pages="plot_examples plot_scores score_split score_tagger summarise_scores summarise_splits write_manifest write_model_card write_report write_tables"
edit score.resamples 60; say "score.resamples" "$(echo compare_users draw_tag_curves measure_learnability score_tag_vectors score_zero_shot write_zero_shot plot_examples plot_scores score_split score_tagger summarise_scores summarise_splits write_manifest write_model_card write_report write_tables | tr ' ' '\n' | sort | paste -sd' ')" "$(plan)"; back
edit train.systems.multihot.epochs 2; say "one system's epochs: its rules" "$(echo $pages train_tagger | tr ' ' '\n' | grep -v plot_examples | sort | paste -sd' ')" "$(plan)"
say "one system's epochs: only its jobs" 1 "$(snakemake -n 2>/dev/null | awk '$1=="train_tagger"{print $2; exit}')"; back
learned="$pages export_tagger measure_learnability score_probabilities index_photos train_tagger train_with_backbone embed_with_tagger embed_tags score_tag_vectors map_tags compare_users describe_users draw_tag_curves map_users"
edit embed_tags.epochs 3; say "embed_tags.epochs" "$(echo $learned | tr ' ' '\n' | sort | paste -sd' ')" "$(plan)"; back
edit vocabulary.min_photos 3; say "vocabulary.min_photos" "$(echo $learned build_vocabulary fit_zero_shot score_zero_shot write_zero_shot | tr ' ' '\n' | sort | paste -sd' ')" "$(plan)"; back
edit report.photos 2; say "report.photos" "write_manifest write_report" "$(plan)"; back
say "tidy has nothing to remove" 0 "$(python -m phototags.workflow.tidy >/dev/null; echo $?)"
edit train.seeds "[1]"; edit export.seed 1
say "tidy lists what other seeds left" yes "$(python -m phototags.workflow.tidy | grep -q '/seed0/model.safetensors' && echo yes)"; back
edit corpora.tables.shapes.photos 41; say "one more shard: one packing more" yes "$(has "$(plan)" pack_photos)"; back
echo "x = 1" >>scripts/build_vocabulary.py; say "an edited script" yes "$(has "$(plan)" build_vocabulary)"; back
echo "x = 1" >>phototags/evaluation/metrics/resampled.py; p=$(plan)
say "an edited module reruns the rules that import it" yes "$(has "$p" score_tagger)"
say "an edited module leaves the others" no "$(has "$p" train_tagger)"; back
echo "# why" >>phototags/errors.py; sed -i '1s/"""/"""Once more: /' phototags/io/storage.py
say "comments and docstrings" none "$(plan)"; back
echo "# torch" >>requirements.lock; say "other packages" yes "$(has "$(plan)" train_tagger)"; back
cp results/shapes/metrics.json "$work/main.json"
dvc exp run -q -n here -S train.systems.im2vec.epochs=5 >"$work/here.log" 2>&1
dvc exp run -q --temp -n there -S train.systems.im2vec.epochs=5 >"$work/there.log" 2>&1
score() { git show "$(git for-each-ref --format='%(refname)' refs/exps | grep "/$1$")":results/shapes/scores.csv | sha256sum; }
say "an experiment in place = one in a temporary tree" "$(score here)" "$(score there)"
say "the experiment differs from main" yes "$([ "$(score there)" != "$(git show HEAD:results/shapes/scores.csv | sha256sum)" ] && echo yes)"
back
say "back on main: nothing to do" none "$(plan)"
dvc exp apply -q there
say "dvc exp apply: nothing to do" none "$(plan)"
say "dvc exp apply: dvc status" "Data and pipelines are up to date." "$(dvc status)"

wait "$kills"
say "killed in the middle of every rule, the next run goes on" 0 "$?"
cat "$work/kills.log"
cd "$work/b" && dvc fetch -q
say "and ends in the same bytes (only provenance differs)" ".snakemake/metadata" "$(dvc status --json | python -c 'import json,sys; print(*[p for s in json.load(sys.stdin)["workflow"] for p in s.get("changed outs", {})])')"
say "scores, tables and figures rebuilt = committed" "" "$(git status --porcelain results)"
echo "$pass passed, $fail failed"
[ "$fail" = 0 ]
