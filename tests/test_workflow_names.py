"""One name for rule, script, log and benchmark; each rule's params hold the hash of its code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ONE = r"^(?:rule|checkpoint) (\w+):\n(.*?)(?=^\S|\Z)"
# of a loop
SEVERAL = (
    r'^    rule:\n        """.*"""\n        name:\n            f"(\w+)\{.*?\}"\n(.*?)(?=^\S|\Z)'
)


def rules_in(text: str) -> list[tuple[str, str]]:
    looped = re.findall(SEVERAL, text, re.M | re.S)
    return re.findall(ONE, text, re.M | re.S) + [
        (name, re.sub("^    ", "", of, flags=re.M)) for name, of in looped
    ]


RULES = {
    name: text
    for path in sorted((ROOT / "rules").glob("*.smk"))
    for name, text in rules_in(path.read_text())
}


def test_every_script_has_a_rule_and_every_rule_a_script():
    assert {path.stem for path in (ROOT / "scripts").glob("*.py")} == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_rule_script_log_and_benchmark_share_a_name(name):
    text = RULES[name]
    assert f'script:\n        "../scripts/{name}.py"' in text
    params = text.partition("    params:\n")[2]
    assert re.search(rf'        code=(train_)?code\("{name}"\),\n', params)
    assert re.search(rf'log:\n        f?"logs/{name}/', text)
    assert re.search(rf'benchmark:\n        f?"benchmarks/{name}/', text)


@pytest.mark.parametrize("path", sorted((ROOT / "scripts").glob("*.py")), ids=lambda p: p.stem)
def test_scripts_are_short(path):
    assert len(path.read_text().splitlines()) <= 29


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.smk")), ids=lambda p: p.stem)
def test_rules_files_are_short(path):
    assert len(path.read_text().splitlines()) < 120
