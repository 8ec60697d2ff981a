"""Who is asked when, played through with a clock of its own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from yarl import URL

from phototags.download.fetch_result import Answer, passing
from phototags.download.outcomes import Outcome
from phototags.download.rate_limits import Agenda, Question, back_off, retry_after
from phototags.params.download import Download

OK = Answer(Outcome.OK)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def agenda_of(urls, **chosen):
    clock = Clock()
    agenda = Agenda(Download(**chosen), clock)
    for order, url in enumerate(urls):
        assert agenda.put(Question(url, order, URL(url))) is None
    return agenda, clock


def taken(agenda):
    questions = []
    while (question := agenda.next()[0]) is not None:
        questions.append(question)
    return questions


def test_a_host_is_asked_no_more_at_once_than_allowed_and_others_meanwhile():
    urls = [f"http://slow.example/{n}" for n in range(9)] + ["http://fast.example/1"]
    agenda, _ = agenda_of(urls, host_at_once=2)
    first = taken(agenda)
    assert [question.url[7:] for question in first] == [
        "slow.example/0", "fast.example/1", "slow.example/1"
    ]  # fmt: skip
    agenda.done(first[0], OK)
    assert [question.url for question in taken(agenda)] == ["http://slow.example/2"]


def test_two_requests_to_one_host_keep_their_distance():
    agenda, clock = agenda_of([f"http://a.example/{n}" for n in range(4)], host_delay=0.5)
    moments = []
    while agenda.open:
        question, wake = agenda.next()
        if question is None:
            clock.now = wake
        else:
            moments.append(clock.now)
            agenda.done(question, OK)
    assert moments == [0.0, 0.5, 1.0, 1.5]


def test_a_host_that_asks_to_wait_is_left_alone_as_long_and_nobody_else_is():
    agenda, clock = agenda_of(["http://a.example/1", "http://a.example/2", "http://b.example/1"],
                              host_at_once=1)  # fmt: skip
    first, other = taken(agenda)
    agenda.done(first, passing(Outcome.SERVER_ERROR, "status 429", wait=7.0))
    agenda.done(other, OK)
    assert agenda.next() == (None, 7.0)
    clock.now = 7.0
    assert [question.url for question in taken(agenda)] == ["http://a.example/2"]


def test_the_next_try_does_not_hold_up_the_questions_behind_it():
    agenda, clock = agenda_of(["http://a.example/1", "http://a.example/2"], host_at_once=1)
    (first,) = taken(agenda)
    agenda.done(first, passing(Outcome.TIMEOUT, ""))
    agenda.put(first, wait=3.0)
    (second,) = taken(agenda)
    agenda.done(second, OK)
    assert agenda.next() == (None, 3.0)
    clock.now = 3.0
    assert taken(agenda) == [first]


def test_a_host_that_asks_for_long_gives_its_questions_back():
    agenda, _ = agenda_of([f"http://a.example/{n}" for n in range(3)], host_at_once=1)
    (first,) = taken(agenda)
    answer = passing(Outcome.SERVER_ERROR, "status 503", wait=3600.0)
    assert [question.order for question in agenda.done(first, answer)] == [1, 2]
    assert agenda.open == 0
    assert agenda.put(first) is answer


def test_one_answer_shows_that_a_host_lives():
    agenda, _ = agenda_of(
        [f"http://a.example/{n}" for n in range(9)], host_at_once=1, dead_host_tries=2
    )
    silent = passing(Outcome.CONNECTION, "refused", reached=False)
    for answer in (silent, OK, silent):
        (question,) = taken(agenda)
        assert agenda.done(question, answer) == []
    (question,) = taken(agenda)
    assert len(agenda.done(question, silent)) == 5


@settings(max_examples=60)
@given(
    some.lists(some.integers(0, 4), max_size=40),
    some.integers(1, 3),
    some.sampled_from([0.0, 0.25]),
    some.randoms(use_true_random=False),
)
def test_every_question_is_given_out_once_within_every_limit(hosts, at_once, delay, chance):
    """A slow loop beside the heap: whoever is given out may be asked, and all are in the end."""
    agenda, clock = agenda_of(
        [f"http://{host}.example/{n}" for n, host in enumerate(hosts)],
        host_at_once=at_once, host_delay=delay,
    )  # fmt: skip
    running, asked, last = [], [], {}
    while agenda.open:
        question, wake = agenda.next()
        if question is not None:
            assert sum(one.host == question.host for one in running) < at_once
            assert clock.now >= last.get(question.host, -1.0) + delay
            last[question.host] = clock.now
            running.append(question)
            asked.append(question.order)
        elif running and (wake is None or chance.random() < 0.5):
            agenda.done(running.pop(chance.randrange(len(running))), OK)
        else:
            clock.now = wake
    assert sorted(asked) == list(range(len(hosts)))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("99999999999999", 999999999.0),
        ("²", 0.0),
        ("1.5", 0.0),
        (None, 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(value, seconds):
    assert retry_after(value, datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)) == seconds


def test_back_off_doubles_up_to_half_a_minute():
    class Always:
        def random(self):
            return 1.0

    waits = [back_off(tries, Download(back_off=1.0), Always()) for tries in range(1, 8)]
    assert waits == [1, 2, 4, 8, 16, 30, 30]
