"""SIGINT, SIGTERM and SIGHUP become one exception, raised only where nothing is half-done."""

import os
import signal

import pytest

from kiln import signals
from kiln.errors import Interrupted


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_is_an_interrupt_inside_the_block_alone(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as caught, signals.handle():
        os.kill(os.getpid(), number)
    assert caught.value.signal_name == name
    assert signal.getsignal(number) is before


def test_an_interrupt_waits_until_the_outermost_block_is_done() -> None:
    done: list[str] = []
    with signals.handle(), pytest.raises(Interrupted):
        with signals.hold():
            with signals.hold():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("inner")
            done.append("outer")
        done.append("behind")
    assert done == ["inner", "outer"]


def test_what_came_during_clean_up_is_dropped() -> None:
    with signals.handle():
        with signals.hold(discard=True):
            os.kill(os.getpid(), signal.SIGINT)
        with signals.hold():
            pass  # nothing is left to be raised here


def test_an_error_inside_goes_before_the_interrupt() -> None:
    with signals.handle():
        with pytest.raises(ValueError, match="first"), signals.hold():
            os.kill(os.getpid(), signal.SIGINT)
            raise ValueError("first")
        with pytest.raises(Interrupted), signals.hold():
            pass
