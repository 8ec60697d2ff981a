"""Small matrix products on addresses of float32 rows, for code that numba compiles.

Strides count floats. Nothing is checked: a wrong size writes over other memory.
"""

from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from phototags.tag_vectors.simd.intrinsics import (
    FLOAT,
    LANES,
    LONG,
    ROWS,
    address,
    constant,
    fused,
    load,
    number,
    pick,
    spread,
    store,
    variable,
)

WIDE = 4  # vectors of a wide tile: 64 floats


def tile(rows: int, vectors: int):
    """A product whose (rows, 16 vectors) result stays in registers while the depth is summed."""

    @intrinsic
    def product(typing, left, row, column, right, width, out, out_row, depth, add):
        def code(context, build, signature, args):
            left, row, column, right, width, out, out_row, depth, add = args
            places = [(r, v) for r in range(rows) for v in range(vectors)]
            sums = {place: variable(build, constant(0.0)) for place in places}

            def at(place):
                return build.add(build.mul(LONG(place[0]), out_row), LONG(place[1] * LANES))

            with build.if_then(build.icmp_signed("!=", add, LONG(0))):
                for place in places:
                    build.store(load(build, out, at(place)), sums[place])
            with cgutils.for_range(build, depth, intp=LONG) as loop:
                begin = build.mul(loop.index, width)
                rights = [
                    load(build, right, build.add(begin, LONG(v * LANES))) for v in range(vectors)
                ]
                for r in range(rows):
                    where = build.add(build.mul(LONG(r), row), build.mul(loop.index, column))
                    factor = spread(build, load(build, left, where, FLOAT))
                    for v, part in enumerate(rights):
                        sum_ = fused(build, factor, part, build.load(sums[r, v]))
                        build.store(sum_, sums[r, v])
            for place in places:
                store(build, out, at(place), build.load(sums[place]))
            return context.get_dummy_value()

        return types.void(*[types.int64] * 9), code

    return product


tall_wide, one_wide = tile(ROWS, WIDE), tile(1, WIDE)
tall_narrow, one_narrow = tile(2 * ROWS, 1), tile(1, 1)


@njit(types.void(*[types.int64] * 11))  # one for all: else 0 and 1 are types of their own
def product(left, row, column, right, width, out, out_row, rows, columns, depth, add):
    """out (rows, columns) = left (rows, depth) @ right (depth, columns), or added to it.

    Args:
        left: its element (i, k) is `i * row + k * column` floats on: a transpose costs nothing.
        right, out: element (i, j) is `i * width + j` (`i * out_row + j`) floats on.
        columns: a multiple of 16.
        add: 1 to add to `out`, 0 to overwrite it.
    """
    j = 0
    while j + 64 <= columns:
        i, b, o = 0, right + 4 * j, out + 4 * j
        while i + ROWS <= rows:
            a, to = left + 4 * i * row, o + 4 * i * out_row
            tall_wide(a, row, column, b, width, to, out_row, depth, add)
            i += ROWS
        while i < rows:
            a, to = left + 4 * i * row, o + 4 * i * out_row
            one_wide(a, row, column, b, width, to, out_row, depth, add)
            i += 1
        j += 64
    while j < columns:
        i, b, o = 0, right + 4 * j, out + 4 * j
        while i + 2 * ROWS <= rows:
            a, to = left + 4 * i * row, o + 4 * i * out_row
            tall_narrow(a, row, column, b, width, to, out_row, depth, add)
            i += 2 * ROWS
        while i < rows:
            a, to = left + 4 * i * row, o + 4 * i * out_row
            one_narrow(a, row, column, b, width, to, out_row, depth, add)
            i += 1
        j += 16


def halved(build, left, right, width):
    """One vector from two: in each, groups of 2 `width` lanes are summed to groups of `width`."""
    groups = [side + begin for side in (0, LANES) for begin in range(0, LANES, 2 * width)]
    first = [begin + lane for begin in groups for lane in range(width)]
    return build.fadd(
        pick(build, left, right, first), pick(build, left, right, [x + width for x in first])
    )


@intrinsic
def four_by_four(typing, left, row, right, width, out, out_row, depth):
    """out (4, 4) = left (4, depth) @ right (4, depth).T; the depth a multiple of 16.

    Sixteen sums of sixteen lanes are added up together, in 45 instructions instead of 128.
    """

    def code(context, build, signature, args):
        left, row, right, width, out, out_row, depth = args
        sums = [variable(build, constant(0.0)) for _ in range(16)]
        with cgutils.for_range(build, build.sdiv(depth, LONG(LANES)), intp=LONG) as loop:
            at = build.mul(loop.index, LONG(LANES))
            lefts = [load(build, left, build.add(build.mul(LONG(i), row), at)) for i in range(4)]
            rights = [
                load(build, right, build.add(build.mul(LONG(i), width), at)) for i in range(4)
            ]
            for i, sum_ in enumerate(sums):
                found = fused(build, lefts[i // 4], rights[i % 4], build.load(sum_))
                build.store(found, sum_)
        found, lanes = [build.load(sum_) for sum_ in sums], LANES
        while len(found) > 1:
            lanes //= 2
            found = [
                halved(build, *two, lanes) for two in zip(found[::2], found[1::2], strict=True)
            ]
        for i in range(4):
            four = pick(build, found[0], found[0], [PLACE[4 * i + j] for j in range(4)])
            store(build, out, build.mul(LONG(i), out_row), four)
        return context.get_dummy_value()

    return types.void(address, *[number] * 6), code


def places() -> list[int]:
    """The lane in which each of sixteen sums ends after four halvings."""
    order, lanes = [[i] * LANES for i in range(16)], LANES
    while len(order) > 1:
        lanes //= 2
        order = [
            [
                vector[begin + lane]
                for vector in two
                for begin in range(0, LANES, 2 * lanes)
                for lane in range(lanes)
            ]
            for two in zip(order[::2], order[1::2], strict=True)
        ]
    return [order[0].index(i) for i in range(16)]


PLACE = places()
