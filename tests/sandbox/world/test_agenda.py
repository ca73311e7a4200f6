from threading import Event, RLock

from sandbox.world.agenda import Agenda, Ticker
from sandbox.world.clock import Clock


def test_a_chain_of_delays_runs_through_while_the_clock_is_advanced() -> None:
    clock = Clock()
    agenda, begun, seen = Agenda(clock, RLock()), clock.now(), []

    def act() -> None:
        seen.append(round(clock.now() - begun))
        if len(seen) < 3:
            agenda.add(10, act)

    agenda.add(10, act)
    clock.advance(100)
    assert seen == [10, 20, 30]
    assert round(clock.now() - begun) == 100


def test_what_is_not_due_waits() -> None:
    clock = Clock()
    agenda, seen = Agenda(clock, RLock()), []
    agenda.add(60, lambda: seen.append(60))
    agenda.add(30, lambda: seen.append(30))
    clock.advance(59)
    assert seen == [30]
    agenda.do_due()
    assert seen == [30]


def test_the_ticker_does_what_is_due_without_being_asked() -> None:
    clock, done = Clock(rate=1000), Event()
    agenda = Agenda(clock, RLock())
    ticker = Ticker(agenda, lambda: True)
    ticker.start()
    agenda.add(20, done.set)
    assert done.wait(20)
    ticker.stop()


def test_a_fault_of_one_act_does_not_keep_the_next_from_being_done() -> None:
    clock, done = Clock(), Event()
    agenda = Agenda(clock, RLock())

    def fail() -> None:
        raise RuntimeError("caused")

    agenda.add(0, fail)
    agenda.add(0, done.set)
    ticker = Ticker(agenda, lambda: True)
    ticker.start()
    assert done.wait(20)
    ticker.stop()


def test_a_ticker_that_is_off_does_nothing() -> None:
    clock, seen = Clock(), []
    agenda = Agenda(clock, RLock())
    looked = Event()

    def is_on() -> bool:
        looked.set()
        return False

    agenda.add(0, lambda: seen.append(1))
    ticker = Ticker(agenda, is_on)
    ticker.start()
    assert looked.wait(20)
    ticker.stop()
    assert seen == []


def test_the_ticker_of_a_clock_that_stands_does_what_is_due_when_it_goes_on() -> None:
    clock, done = Clock(rate=0), Event()
    agenda = Agenda(clock, RLock())
    agenda.add(20, done.set)
    assert agenda.tell_next() is None
    ticker = Ticker(agenda, lambda: True)
    ticker.start()
    clock.run(1000)
    assert done.wait(20)
    ticker.stop()
