import threading

import pytest

from phototags.tags.encoded_photos import prefetch


def test_the_next_is_made_while_the_last_is_worked_on():
    made = threading.Semaphore(0)

    def items():
        for number in range(3):
            made.release()
            yield number

    for number in prefetch(items()):
        if number < 2:
            assert made.acquire(timeout=60) and made.acquire(timeout=60)  # this one and the next
            made.release()


def test_what_goes_wrong_on_the_way_is_told():
    def items():
        yield 1
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        list(prefetch(items()))
