"""How a test expects a refusal of AWS: `with refused("Code"):` around one call."""

from collections.abc import Callable
from contextlib import AbstractContextManager

Refused = Callable[[str], AbstractContextManager[None]]
