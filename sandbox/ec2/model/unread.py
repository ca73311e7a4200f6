"""Law of the sandbox's own: a change of which something was never looked at is not said to be done.

moto takes any parameter of an operation, and no notice of many; "success" would be worse than no answer.
"""

from typing import Any

_OF_EVERY_CALL = {"DryRun", "ClientToken"}
# Values that only name what the other parameters change, and of which there is but one kind of their resource.
_NAMES = {"Attribute": {"createVolumePermission", "launchPermission"}}


class Parameters(dict[str, Any]):
    """The parameters of a request, which remember those that were read."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(given)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def list_unread(self) -> list[str]:
        """List the parameters that were given, and that nothing has read."""
        unread = set(self) - self.read - _OF_EVERY_CALL
        return sorted(name for name in unread if super(Parameters, self).get(name) not in _NAMES.get(name, ()))
