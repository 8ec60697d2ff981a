"""Who is asked when, played through with a clock of its own."""

from hypothesis import given, settings
from hypothesis import strategies as some
from yarl import URL

from phototags.download.fetch_result import FetchResult, fail_temporarily
from phototags.download.outcomes import Outcome
from phototags.download.rate_limits import FetchTask, HostScheduler, backoff_seconds
from phototags.params.download import Download

OK = FetchResult(Outcome.OK)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def scheduler_of(urls, **chosen):
    clock = Clock()
    scheduler = HostScheduler(Download(**chosen), clock)
    for order, url in enumerate(urls):
        assert scheduler.add(FetchTask(url, order, URL(url))) is None
    return scheduler, clock


def taken(scheduler):
    tasks = []
    while (task := scheduler.next()[0]) is not None:
        tasks.append(task)
    return tasks


def test_a_host_is_asked_no_more_at_once_than_allowed_and_others_meanwhile():
    urls = [f"http://slow.example/{n}" for n in range(9)] + ["http://fast.example/1"]
    scheduler, _ = scheduler_of(urls, max_requests_per_host=2)
    first = taken(scheduler)
    assert [task.listed_url[7:] for task in first] == [
        "slow.example/0", "fast.example/1", "slow.example/1"
    ]  # fmt: skip
    scheduler.finish(first[0], OK)
    assert [task.listed_url for task in taken(scheduler)] == ["http://slow.example/2"]


def test_two_requests_to_one_host_keep_their_distance():
    scheduler, clock = scheduler_of([f"http://a.example/{n}" for n in range(4)], host_delay=0.5)
    moments = []
    while scheduler.unfinished:
        task, wake = scheduler.next()
        if task is None:
            clock.now = wake
        else:
            moments.append(clock.now)
            scheduler.finish(task, OK)
    assert moments == [0.0, 0.5, 1.0, 1.5]


def test_a_host_that_asks_to_wait_is_left_alone_as_long_and_nobody_else_is():
    scheduler, clock = scheduler_of(["http://a.example/1", "http://a.example/2", "http://b.example/1"],
                              max_requests_per_host=1)  # fmt: skip
    first, other = taken(scheduler)
    scheduler.finish(first, fail_temporarily(Outcome.SERVER_ERROR, "status 429", wait=7.0))
    scheduler.finish(other, OK)
    assert scheduler.next() == (None, 7.0)
    clock.now = 7.0
    assert [task.listed_url for task in taken(scheduler)] == ["http://a.example/2"]


def test_the_next_try_does_not_hold_up_the_tasks_behind_it():
    scheduler, clock = scheduler_of(
        ["http://a.example/1", "http://a.example/2"], max_requests_per_host=1
    )
    (first,) = taken(scheduler)
    scheduler.finish(first, fail_temporarily(Outcome.TIMEOUT, ""))
    scheduler.add(first, wait=3.0)
    (second,) = taken(scheduler)
    scheduler.finish(second, OK)
    assert scheduler.next() == (None, 3.0)
    clock.now = 3.0
    assert taken(scheduler) == [first]


def test_a_host_that_asks_for_long_gives_its_tasks_back():
    scheduler, _ = scheduler_of(
        [f"http://a.example/{n}" for n in range(3)], max_requests_per_host=1
    )
    (first,) = taken(scheduler)
    answer = fail_temporarily(Outcome.SERVER_ERROR, "status 503", wait=3600.0)
    assert [task.order for task in scheduler.finish(first, answer)] == [1, 2]
    assert scheduler.unfinished == 0
    assert scheduler.add(first) is answer


def test_one_answer_shows_that_a_host_lives():
    scheduler, _ = scheduler_of(
        [f"http://a.example/{n}" for n in range(9)], max_requests_per_host=1, dead_host_tries=2
    )
    silent = fail_temporarily(Outcome.CONNECTION, "refused", reached=False)
    for answer in (silent, OK, silent):
        (task,) = taken(scheduler)
        assert scheduler.finish(task, answer) == []
    (task,) = taken(scheduler)
    assert len(scheduler.finish(task, silent)) == 5


def play(scheduler, answer):
    """Answer every try of every task alike; return the tasks asked, in order, and those given up.

    The clock stands still, as tries begin without a pause.
    """
    asked, given_up = [], []
    while (task := scheduler.next()[0]) is not None:
        task.tries += 1
        asked.append(task.order)
        given_up += scheduler.finish(task, answer)
        again = answer.retry_now and task.tries < scheduler.settings.max_tries
        if again and scheduler.add(task) is not None:
            given_up.append(task)
    return asked, [task.order for task in given_up]


def test_a_host_that_answers_no_photo_is_left_after_a_bounded_number():
    for failure in (fail_temporarily(Outcome.TIMEOUT, "not done in time"),
                    fail_temporarily(Outcome.SERVER_ERROR, "status 503")):  # fmt: skip
        scheduler, _ = scheduler_of(
            [f"http://a.example/{n}" for n in range(100)],
            max_requests_per_host=1, dead_host_photos=4, max_tries=3,
        )  # fmt: skip
        asked, given_up = play(scheduler, failure)
        assert asked == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
        assert given_up == list(range(4, 100)) and scheduler.unfinished == 0


def test_a_host_that_answers_some_photos_is_asked_for_all():
    scheduler, _ = scheduler_of(
        [f"http://a.example/{n}" for n in range(40)],
        max_requests_per_host=1, dead_host_photos=4, max_tries=1,
    )  # fmt: skip
    failure, asked = fail_temporarily(Outcome.SERVER_ERROR, "status 503"), []
    while (task := scheduler.next()[0]) is not None:
        task.tries += 1
        asked.append(task.order)
        answer = FetchResult(Outcome.NOT_FOUND) if task.order % 4 == 3 else failure
        assert scheduler.finish(task, answer) == []
    assert asked == list(range(40))


@settings(max_examples=60)
@given(
    some.lists(some.integers(0, 4), max_size=40),
    some.integers(1, 3),
    some.sampled_from([0.0, 0.25]),
    some.randoms(use_true_random=False),
)
def test_every_task_is_given_out_once_within_every_limit(hosts, at_once, delay, chance):
    """A slow loop beside the heap: whoever is given out may be asked, and all are in the end."""
    scheduler, clock = scheduler_of(
        [f"http://{host}.example/{n}" for n, host in enumerate(hosts)],
        max_requests_per_host=at_once, host_delay=delay,
    )  # fmt: skip
    running, asked, last = [], [], {}
    while scheduler.unfinished:
        task, wake = scheduler.next()
        if task is not None:
            assert sum(one.host == task.host for one in running) < at_once
            assert clock.now >= last.get(task.host, -1.0) + delay
            last[task.host] = clock.now
            running.append(task)
            asked.append(task.order)
        elif running and (wake is None or chance.random() < 0.5):
            scheduler.finish(running.pop(chance.randrange(len(running))), OK)
        else:
            clock.now = wake
    assert sorted(asked) == list(range(len(hosts)))


def test_backoff_doubles_up_to_half_a_minute():
    class Always:
        def random(self):
            return 1.0

    waits = [backoff_seconds(tries, Download(backoff=1.0), Always()) for tries in range(1, 8)]
    assert waits == [1, 2, 4, 8, 16, 30, 30]
