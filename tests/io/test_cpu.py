"""A process limited to AVX2 computes with AVX2, on one thread, and every time the same bytes."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from phototags.errors import ParamsError
from phototags.io.cpu import INSTRUCTION_SETS, instruction_set_variables

ROOT = Path(__file__).parents[2]
PROBE = """
import hashlib, numpy, torch
from numpy._core._multiarray_umath import __cpu_features__ as numpy_has
from threadpoolctl import threadpool_info
from phototags.features.backbones import extract_features, load_backbone
print("torch", torch.backends.cpu.get_cpu_capability(), torch.get_num_threads())
print("numpy", numpy_has["AVX2"], numpy_has["X86_V4"])
print("openblas", *{pool.get("architecture", "Haswell") for pool in threadpool_info()})
photos = torch.randint(256, (16, 3, 224, 224), generator=torch.Generator().manual_seed(0))
features = extract_features(load_backbone("efficientnet_lite0"), photos.byte())
with torch.backends.mkl.verbose(1):
    products = features @ features.T
scores = torch.softmax(products / features.shape[1], 1)
distances = numpy.exp(-(features.numpy() @ features.numpy().T) / 1280)
vectors = torch.linalg.qr(features.T)[0].contiguous()
for what in (features.numpy(), scores.numpy(), distances, vectors.numpy()):
    print("digest", hashlib.sha256(what.tobytes()).hexdigest())
"""
x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="AVX2 is x86-64's")


def run(code: str, instruction_set: str, **extra: str) -> str:
    ours = {name for name in INSTRUCTION_SETS["avx2"]}
    clean = {key: value for key, value in os.environ.items() if key not in ours}
    pinned = instruction_set_variables(instruction_set) | {"PYTHONPATH": str(ROOT)} | extra
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean | pinned, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def probe_output() -> list[str]:
    """What a process limited to AVX2 and its libraries report."""
    return run(PROBE, "avx2", ONEDNN_VERBOSE="1").splitlines()


@x86
def test_every_library_is_limited_to_avx2_and_one_thread(probe_output):
    assert {"torch AVX2 1", "numpy True False", "openblas Haswell"} <= set(probe_output)
    assert "onednn_verbose,v1,info,cpu,isa:Intel AVX2" in probe_output
    kernels = [line for line in probe_output if ",exec,cpu,convolution" in line and "mb16_" in line]
    assert len(kernels) == 49  # every convolution of the backbone: none passes by MKL
    assert all("avx2" in line and "avx512" not in line for line in kernels)


@x86
def test_matrix_products_use_the_branch_that_every_vendor_has(probe_output):
    """MKL takes AVX2 on Intel alone; elsewhere it would choose for itself, without a word."""
    products = [line for line in probe_output if line.startswith("MKL_VERBOSE SGEMM")]
    assert products
    assert all("CNR:COMPATIBLE" in line for line in products)


@x86
def test_two_processes_give_the_same_bytes(probe_output):
    digests = [line for line in probe_output if line.startswith("digest")]
    assert len(set(digests)) == 4
    again = run(PROBE, "avx2").splitlines()
    assert digests == [line for line in again if line.startswith("digest")]


def test_native_leaves_the_choice_to_the_libraries():
    native = instruction_set_variables("native")
    assert native["OMP_NUM_THREADS"] == "1"
    assert not set(native) & set(INSTRUCTION_SETS["avx2"])


def test_an_unknown_instruction_set_is_refused():
    with pytest.raises(ParamsError, match=r"'avx2', 'native'.*'avx9'"):
        instruction_set_variables("avx9")


def test_naming_the_variables_imports_nothing_heavy():
    code = "import sys, phototags.io.cpu; print('torch' in sys.modules, 'numpy' in sys.modules)"
    assert run(code, "native") == "False False\n"
