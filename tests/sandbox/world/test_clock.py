import time

import pytest

from sandbox.world.clock import Clock


def test_it_runs_with_the_machine_and_can_be_advanced() -> None:
    clock = Clock()
    assert abs(clock.now() - time.time()) < 1
    before = clock.now()
    clock.advance(3600)
    assert 3600 <= clock.now() - before < 3601
    assert clock.utcnow().tzinfo is None


def test_it_can_run_faster() -> None:
    clock = Clock(rate=1000)
    before = clock.now()
    time.sleep(0.01)
    assert clock.now() - before >= 10


def test_it_does_not_go_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        Clock().advance(-1)


def test_it_can_stand_and_go_on() -> None:
    clock = Clock(rate=0)
    stood = clock.now()
    time.sleep(0.01)
    assert clock.now() == stood
    clock.advance(60)
    assert clock.now() == stood + 60
    clock.run(1000)
    time.sleep(0.01)
    assert stood + 70 <= clock.now()
    clock.run(0)
    assert stood + 70 <= clock.now() == clock.now()
