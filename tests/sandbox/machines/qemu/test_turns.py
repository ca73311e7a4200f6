"""Machines boot in turns: a flood of them waits, and what is asked for no longer never starts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sandbox.machines.qemu.turns import Turns


def always() -> bool:
    return True


def test_only_so_many_boot_at_a_time_and_the_next_when_one_has_booted() -> None:
    turns = Turns(2)
    assert turns.take("a", always)
    assert turns.take("b", always)
    with ThreadPoolExecutor(1) as pool:
        asked, third = _ask(pool, turns, "c")
        assert asked.wait(10)
        assert not third()
        turns.end("a")
        assert third(wait=True)


def test_a_machine_that_is_terminated_while_it_waits_never_boots() -> None:
    turns, asked_for = Turns(1), Event()
    asked_for.set()
    assert turns.take("a", always)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(turns.take, "b", asked_for.is_set)
        asked_for.clear()
        assert waiting.result(30) is False
    turns.end("a")
    assert turns.take("c", always)


def test_a_boot_that_never_ends_gives_its_turn_away() -> None:
    now = [0.0]
    turns = Turns(1, longest=120, now=lambda: now[0])
    assert turns.take("a", always)
    now[0] = 119.0
    looks = iter([True, False])
    assert not turns.take("b", lambda: next(looks))
    now[0] = 121.0
    assert turns.take("b", always)


def _ask(pool: ThreadPoolExecutor, turns: Turns, name: str) -> tuple[Event, Callable[..., bool]]:
    """Ask for a turn in another thread: whether it has asked, and whether it has got one."""
    asked = Event()

    def is_asked_for() -> bool:
        asked.set()
        return True

    future = pool.submit(turns.take, name, is_asked_for)
    return asked, lambda wait=False: future.result(30) if wait else future.done()
