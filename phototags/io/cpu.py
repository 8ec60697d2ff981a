"""Environment variables that make every processor compute the same numbers.

The libraries below torch and numpy choose kernels by the processor they find, and each kernel adds
in another order. One variable per library limits them to what every x86-64 processor since 2013
(Intel) and 2015 (AMD) has. They must be set before torch and numpy are imported.
"""

import os

from phototags.errors import ParamsError

ONE_THREAD = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
}
"""Threads of two jobs on the same cores wait for each other, up to hundreds of times the work."""

RETAINED_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(8 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
}
"""Bytes up to which glibc keeps freed memory. Otherwise the kernel clears each large layer output
anew, which costs 1.4 times the CPU when photos are embedded. Results are the same."""

INSTRUCTION_SETS = {
    "native": {},
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",  # torch's own loops
        "ONEDNN_MAX_CPU_ISA": "AVX2",  # convolutions
        # Matrix products. MKL ignores AVX2 on AMD and chooses for itself; only COMPATIBLE is the
        # same everywhere, at a third of the speed of AVX2. Convolutions do not use MKL.
        "MKL_CBWR": "COMPATIBLE",
        "OPENBLAS_CORETYPE": "Haswell",  # numpy's and scipy's matrix products
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",  # numpy's own loops
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "",
    },
}


def instruction_set_variables(name: str) -> dict[str, str]:
    """Variables that limit a process to one thread and one set of instructions.

    Args:
        name: `avx2`: what every x86-64 with AVX2 and FMA can do; the same bytes on one machine and
            on others, except for the last bits of square roots and distances, which Intel's and
            AMD's libraries round differently. `native`: as fast as this processor can.

    Raises:
        ParamsError: for another name.

    >>> instruction_set_variables("avx2")["ATEN_CPU_CAPABILITY"]
    'avx2'
    >>> "ATEN_CPU_CAPABILITY" in instruction_set_variables("native")
    False
    """
    if name not in INSTRUCTION_SETS:
        raise ParamsError(
            f"instruction_set should be one of {sorted(INSTRUCTION_SETS)}, but is {name!r}. "
            "Correct it in params.yaml or the preset."
        )
    return ONE_THREAD | RETAINED_MEMORY | INSTRUCTION_SETS[name]


def allow_native_instructions() -> None:
    """Lift the limit of `instruction_set`; call it before torch and numpy are imported.

    bfloat16 needs instructions younger than AVX2.
    """
    for name in INSTRUCTION_SETS["avx2"]:
        os.environ.pop(name, None)


def has_fast_bf16() -> bool:
    """Whether torch computes bfloat16 by instructions of this processor, AVX512-BF16 or AMX."""
    import torch

    able = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return able and torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def refuse_slow_bf16() -> None:
    """Refuse to compute in bf16 without instructions for it: slower and less exact than fp32.

    Raises:
        ParamsError: when the processor lacks AVX512-BF16 and AMX, or is limited to AVX2.
    """
    import torch

    if not has_fast_bf16():
        raise ParamsError(
            "precision: bf16 needs a processor with AVX512-BF16 or AMX and native instructions, "
            f"but torch computes with {torch.backends.cpu.get_cpu_capability()} here. "
            "Set `precision: fp32`, or `instruction_set: native` on such a processor."
        )
