"""What a role of fewer permissions is: a way to become it, and what a person reads where it is denied something."""

from collections.abc import Callable, Sequence
from typing import Any

from cloud.errors import translate
from cloud.policy import Permission
from kiln.errors import UserError

Become = Callable[[Sequence[Permission]], None]


def told(act: Callable[[], Any]) -> UserError:
    """What a person reads where something is denied."""
    try:
        act()
    except UserError as error:
        return error
    except Exception as error:
        translated = translate(error)
        assert translated is not None, error
        return translated
    raise AssertionError("nothing was denied")
