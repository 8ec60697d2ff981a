"""Validate the params before anything is planned, plan the run, and set the jobs' environment."""

import atexit
import json
import os
import re
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE))

from phototags.corpora.user_salt import hash_salt, read_salt
from phototags.io.cpu import instruction_set_variables
from phototags.io.python_version import describe_old_python
from phototags.workflow.config import validate_params
from phototags.errors import PhototagsError
from phototags.tags.word_files import list_word_files
from phototags.workflow.code_hash import hash_code
from phototags.workflow.params_files import check_params_file
from phototags.workflow.plan import make_plan
from phototags.weights.fetch import list_checkpoints
from phototags.workflow.provenance import refuse_unknown_origin
from phototags.workflow.removal_check import describe_unmatched, find_removals

try:
    for file in workflow.configfiles:
        check_params_file(file)
    PARAMS = validate_params(config)
    PLAN = make_plan(PARAMS)
    SALT = read_salt()
    REMOVALS = find_removals(PARAMS.corpora.removals)
    if workflow.is_main_process and Path("dvc.lock").exists():
        refuse_unknown_origin(Path())
except PhototagsError as error:
    raise WorkflowError(str(error)) from None


def print_unmatched():
    """At the end of each run, also of one with nothing to do: removals that name no photo."""
    try:
        said = describe_unmatched(REMOVALS, PLAN.listed_corpora)
    except PhototagsError as error:
        said = str(error)
    if said:
        print(said, file=sys.stderr)


if workflow.is_main_process and not workflow.dryrun:
    atexit.register(print_unmatched)
    if lacking := describe_old_python():
        print(lacking, file=sys.stderr)

# Jobs, on whatever machine they start, compute with the same instructions and import this
# tree's package, not an installed one. Where the mirror lies changes no result, so it is
# no parameter of a rule.
os.environ.update(instruction_set_variables(PARAMS.instruction_set))
os.environ.update({"PYTHONPATH": str(BASE)})
if PARAMS.corpora.mirror:
    os.environ.setdefault("PHOTOTAGS_MIRROR", PARAMS.corpora.mirror)
try:
    WORD_LISTS = list_word_files(PARAMS.vocabulary)  # some lie in the mirror
except PhototagsError as error:
    raise WorkflowError(str(error)) from None

COMPUTE = PARAMS.train.compute.model_dump(
    exclude={"loader_threads"}
)  # they change no result
ON_GPU = int(PARAMS.train.compute.device != "cpu")


def match_any(names):
    """Regex that matches exactly the given names; no name at all where there are none."""
    return "|".join(re.escape(name) for name in names) or "(?!)"


def code(name):
    """Hash of scripts/NAME.py, of what it imports and of the locked packages."""
    return hash_code(f"scripts/{name}.py", BASE)


def train_code(name):
    """Hash of a training's code, that of several processes among it where there are several."""
    several = "phototags/training/distributed/__main__.py"
    parallel = PARAMS.train.compute.processes > 1
    return code(name) + (hash_code(several, BASE) if parallel else "")


def train_processes(system):
    """Number of processes that train a system; what is not trained in epochs needs one."""
    return PARAMS.train.compute.processes if PLAN.learns_by_gradient(system) else 1


def head_compute(system):
    """The keys of train.compute that a system on frozen features depends on."""
    keys = ["device", "tag_table"]
    keys += ["processes", "shard_tags"] * PLAN.learns_by_gradient(system)
    return {key: COMPUTE[key] for key in keys if key in COMPUTE}


def dump_section(section, *without):
    """A section of params as sorted JSON, so that only its own values rerun a job.

    Args:
        without: keys that change no result.
    """
    text = json.dumps(section.model_dump(exclude=set(without)), sort_keys=True)
    return re.sub(
        r'\{(?!["}])', r"\\u007b", text
    )  # no wildcard: a brace inside a string


def dump_own_table(wildcards):
    """Params of a corpus that is a user's own table, as JSON."""
    name = wildcards.get("corpus") or wildcards.get("collection")
    own = PARAMS.corpora.tables.get(name)
    return json.dumps({name: own.model_dump()} if own else {}, sort_keys=True)
