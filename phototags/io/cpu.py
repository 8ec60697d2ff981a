"""The same numbers on another processor: which instructions, how many threads, what memory.

Every library below torch and numpy picks its kernels by the processor it finds, and each kernel
adds in another order. One variable per library keeps them to what every x86-64 processor since
2013 (Intel) and 2015 (AMD) has. They work only when set before torch and numpy are imported.
"""

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
"""Bytes up to which glibc keeps what is freed. Else each large layer output is given back and
cleared anew by the kernel: 1.4 times the CPU of embedding photos. No other result of it."""

INSTRUCTION_SETS = {
    "native": {},
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",  # torch's own loops
        "ONEDNN_MAX_CPU_ISA": "AVX2",  # convolutions
        # Matrix products. MKL ignores AVX2 on AMD, where it chooses for itself; COMPATIBLE alone
        # is the same everywhere, at a third of AVX2's speed. Convolutions do not pass by MKL.
        "MKL_CBWR": "COMPATIBLE",
        "OPENBLAS_CORETYPE": "Haswell",  # numpy's and scipy's matrix products
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",  # numpy's own loops
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "",
    },
}


def instruction_set_variables(name: str) -> dict[str, str]:
    """Environment variables that hold a process to one thread and one set of instructions.

    Args:
        name: `avx2` (what every x86-64 with AVX2 and FMA can do: on one machine always the same
            bytes, on another the same but for the last bits of square roots and distances,
            which its makers' libraries round differently) or `native` (as fast as this
            processor can).

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


def refuse_slow_bf16() -> None:
    """Let pass only a process that computes in bf16 by instructions made for it.

    Without them bf16 is slower than fp32 and less exact.

    Raises:
        ParamsError: when the processor lacks AVX512-BF16 and AMX, or is held to AVX2.
    """
    import torch

    found = torch.backends.cpu.get_cpu_capability()
    able = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    if not able or not found.startswith("AVX512"):
        raise ParamsError(
            "precision: bf16 needs a processor with AVX512-BF16 or AMX and "
            f"`instruction_set: native`, but torch computes with {found} here"
            f"{'' if able else ', on a processor that has neither'}. "
            "Set `precision: fp32`, or `instruction_set: native` on such a processor."
        )
