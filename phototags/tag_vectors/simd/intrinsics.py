"""Sixteen floats at a time: the vector instructions that the compiled trainer is made of.

numba compiles loops well, but its compiler finds no small matrix products in them: it can't know
that arrays don't overlap. So the products are written here in LLVM's own terms, with sums held
in registers. Each works on addresses (`array.ctypes.data`) of float32 rows; a stride counts
floats. Sums run in a fixed order and multiply-adds are fused everywhere, so that every
processor gives the same bits, with AVX2 as with AVX-512.
"""

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
FLOAT, INT, LONG = ir.FloatType(), ir.IntType(32), ir.IntType(64)
VECTOR = ir.VectorType(FLOAT, LANES)
ROWS = 4 if binding.get_host_cpu_features().get("avx512f") else 1  # sums that fit in registers
address, number, real = types.int64, types.int64, types.float32


def load(build, base, offset, kind=VECTOR):
    """Read a vector, or a float, `offset` floats after `base`."""
    return build.load(_pointer(build, base, offset, kind), align=4)


def store(build, base, offset, value):
    """Write a vector or a float."""
    build.store(value, _pointer(build, base, offset, value.type), align=4)


def _pointer(build, base, offset, kind):
    return build.inttoptr(build.add(base, build.mul(offset, LONG(4))), kind.as_pointer())


def constant(value: float):
    """A vector of one value."""
    return ir.Constant(VECTOR, [value] * LANES)


def spread(build, value):
    """A vector of one float that is only known later."""
    first = build.insert_element(ir.Constant(VECTOR, ir.Undefined), value, INT(0))
    return pick(build, first, first, [0] * LANES)


def pick(build, left, right, lanes):
    """Chosen lanes of two vectors; those of `right` are counted on from those of `left`."""
    lanes = ir.Constant(ir.VectorType(INT, len(lanes)), list(lanes))
    return build.shuffle_vector(left, right, lanes)


def fused(build, left, right, plus):
    """left * right + plus, rounded once."""
    return call(build, "llvm.fma", left, right, plus)


def call(build, name, *values):
    """LLVM's function `name` on floats or vectors of one type."""
    kind = values[0].type
    suffix = "f32" if kind is FLOAT else f"v{kind.count}f32"
    function = ir.FunctionType(kind, [kind] * len(values))
    return build.call(
        cgutils.get_or_insert_function(build.module, function, f"{name}.{suffix}"), values
    )


def variable(build, value):
    """A place for a vector; LLVM turns it into a register."""
    place = cgutils.alloca_once(build, VECTOR)
    build.store(value, place)
    return place


def steps(build, length):
    """Loop over the offsets 0, 16, 32, ... below `length`, a multiple of 16."""
    return cgutils.for_range(build, build.sdiv(length, LONG(LANES)), intp=LONG)


@intrinsic
def squares(typing, row, length):
    """The sum of the squares of a row."""

    def code(context, build, signature, args):
        row, length = args
        total = variable(build, constant(0.0))
        with steps(build, length) as loop:
            part = load(build, row, build.mul(loop.index, LONG(LANES)))
            build.store(fused(build, part, part, build.load(total)), total)
        found, width = build.load(total), LANES // 2
        while width:
            left = pick(build, found, found, range(width))
            found = build.fadd(left, pick(build, found, found, range(width, 2 * width)))
            width //= 2
        return build.extract_element(found, INT(0))

    return real(address, number), code


@intrinsic
def add_scaled(typing, to, row, factor, length):
    """to += factor * row; any length."""

    def code(context, build, signature, args):
        to, row, factor, length = args
        many, whole = spread(build, factor), build.sdiv(length, LONG(LANES))
        with steps(build, length) as loop:
            _add(build, to, row, many, build.mul(loop.index, LONG(LANES)), VECTOR)
        done = build.mul(whole, LONG(LANES))
        with cgutils.for_range(build, build.sub(length, done), intp=LONG) as loop:
            _add(build, to, row, factor, build.add(done, loop.index), FLOAT)
        return context.get_dummy_value()

    return types.void(address, address, real, number), code


def _add(build, to, row, factor, at, kind):
    sum_ = fused(build, load(build, row, at, kind), factor, load(build, to, at, kind))
    store(build, to, at, sum_)


@intrinsic
def copy_row(typing, to, row, length):
    """to <- row; any length."""

    def code(context, build, signature, args):
        to, row, length = args
        with steps(build, length) as loop:
            at = build.mul(loop.index, LONG(LANES))
            store(build, to, at, load(build, row, at))
        done = build.mul(build.sdiv(length, LONG(LANES)), LONG(LANES))
        with cgutils.for_range(build, build.sub(length, done), intp=LONG) as loop:
            at = build.add(done, loop.index)
            store(build, to, at, load(build, row, at, FLOAT))
        return context.get_dummy_value()

    return types.void(address, address, number), code


@intrinsic
def prefetch(typing, row):
    """Ask for a row's first 64 bytes before they are needed."""

    def code(context, build, signature, args):
        byte = build.inttoptr(args[0], ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [byte.type, INT, INT, INT])
        fetch = cgutils.get_or_insert_function(build.module, kind, "llvm.prefetch.p0")
        build.call(fetch, [byte, INT(0), INT(3), INT(1)])
        return context.get_dummy_value()

    return types.void(address), code


# tanh as a quotient of polynomials, from Eigen (MPL-2.0): within 4 units in the last place
ABOVE = (-2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11)
ABOVE += (5.12229709037114e-08, 1.48572235717979e-05, 6.37261928875436e-04, 4.89352455891786e-03)
BELOW = (1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03)


@intrinsic
def sigmoids(typing, row, length, factor, plus):
    """row <- factor * sigmoid(row) + plus, in place."""

    def code(context, build, signature, args):
        row, length, factor, plus = args
        factor, plus = spread(build, factor), spread(build, plus)
        with steps(build, length) as loop:
            at = build.mul(loop.index, LONG(LANES))
            half = _tanh(build, build.fmul(load(build, row, at), constant(0.5)))
            sigmoid = fused(build, half, constant(0.5), constant(0.5))
            store(build, row, at, fused(build, sigmoid, factor, plus))
        return context.get_dummy_value()

    return types.void(address, number, real, real), code


def _tanh(build, x):
    x = call(build, "llvm.minnum", x, constant(7.9))
    x = call(build, "llvm.maxnum", x, constant(-7.9))
    square = build.fmul(x, x)
    above, below = constant(ABOVE[0]), constant(BELOW[0])
    for factor in ABOVE[1:]:
        above = fused(build, above, square, constant(factor))
    for factor in BELOW[1:]:
        below = fused(build, below, square, constant(factor))
    return build.fdiv(build.fmul(above, x), below)
