"""The hash of a script's code: every module that it imports, at any depth, and no other."""

import subprocess
import sys
from pathlib import Path

import pytest

from phototags.workflow.code_hash import hash_code, list_code

ROOT = Path(__file__).parents[2]
TREE = {
    "scripts/dive.py": "import os\nfrom phototags.sea import wave\nfrom pandas import phototags",
    "phototags/__init__.py": "",
    "phototags/sea/__init__.py": "",
    "phototags/sea/wave.py": "def foam():\n    import phototags.sky as above, math",
    "phototags/sky.py": "from phototags.sea.wave import foam",  # in a circle
    "phototags/land.py": "import phototags",
}


def tree(folder: Path, **changed: str) -> Path:
    for name, code in TREE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, code))
    return folder


def test_imports_of_imports_are_code_and_those_inside_of_functions_too(tmp_path):
    found = list_code("scripts/dive.py", tree(tmp_path))
    assert found == ["scripts/dive.py", "phototags/sea/wave.py", "phototags/sky.py"]


def test_who_imports_the_package_itself_depends_on_its_version(tmp_path):
    root = tree(tmp_path, wave="import phototags.land")
    expected = ["scripts/dive.py", "phototags/__init__.py", "phototags/land.py"]
    assert list_code("scripts/dive.py", root) == [*expected, "phototags/sea/wave.py"]


def test_who_imports_a_folder_itself_depends_on_each_of_its_modules(tmp_path):
    root = tree(tmp_path, dive="import phototags.sea")
    expected = ["scripts/dive.py", "phototags/sea/wave.py", "phototags/sky.py"]
    assert list_code("scripts/dive.py", root) == expected


def test_a_script_that_imports_nothing_is_all_of_its_code(tmp_path):
    assert list_code("scripts/dive.py", tree(tmp_path, dive="import os")) == ["scripts/dive.py"]


def test_python_itself_loads_no_module_that_is_not_listed():
    script = "scripts/write_report.py"
    lines = [line for line in (ROOT / script).read_text().splitlines() if " import " in line]
    said = "\n".join([*lines, "import sys", "print(*sys.modules, sep='\\n')"])
    done = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.replace(".", "/") for name in done.stdout.split() if "phototags." in name}
    files = {f"{name}.py" for name in loaded if not (ROOT / name).is_dir()}
    assert files <= set(list_code(script, ROOT))


WAVE = TREE["phototags/sea/wave.py"]
EDITS = {  # the module, its new text, whether the hash stays
    "a comment": ("wave", WAVE + "  # why\n", True),
    "a docstring": ("wave", WAVE.replace("\n", '\n    """Foam."""\n'), True),
    "layout": ("sky", "from phototags.sea.wave import (\n    foam,\n)\n\n", True),
    "a module's docstring": ("sky", '"""Sky."""\nfrom phototags.sea.wave import foam', True),
    "a statement": ("wave", WAVE + "\n    return 1", False),
    "a name": ("sky", "from phototags.sea.wave import foam as white", False),
    "the script": ("dive", "import os\nfrom phototags.sea import wave", False),
    "a module that is not imported": ("land", "import phototags.sky", True),
}


@pytest.mark.parametrize("edit", EDITS)
def test_only_code_changes_the_hash(edit, tmp_path):
    name, text, same = EDITS[edit]
    before = hash_code("scripts/dive.py", tree(tmp_path / "before"))
    after = hash_code("scripts/dive.py", tree(tmp_path / "after", **{name: text}))
    assert (before == after) is same


def test_other_locked_packages_are_other_code(tmp_path):
    root = tree(tmp_path)
    before = hash_code("scripts/dive.py", root)
    (root / "requirements.lock").write_text("torch==2.0\n")
    assert hash_code("scripts/dive.py", root) != before
