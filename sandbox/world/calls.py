"""What was asked of the sandbox: every API call that reached it, for tests and benchmarks that count."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Call:
    """One answered request. `error` is the error code, or "" when it succeeded."""

    service: str
    action: str
    region: str
    dry_run: bool
    error: str
    at: float


class Calls:
    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = Lock()

    def record(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def all(self) -> tuple[Call, ...]:
        with self._lock:
            return tuple(self._calls)

    def count(self, action: str) -> int:
        """Count how often `action` was called, dry runs and refusals included."""
        return sum(call.action == action for call in self.all())

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def report(self) -> Mapping[str, Any]:
        """Report `{"total": n, "dry_runs": n, "actions": {action: n}, "calls": [...]}`.
        Dry runs are not in `actions`.
        """
        calls = self.all()
        actions: dict[str, int] = {}
        for call in calls:
            if not call.dry_run:
                actions[call.action] = actions.get(call.action, 0) + 1
        return {
            "total": len(calls),
            "dry_runs": sum(call.dry_run for call in calls),
            "actions": dict(sorted(actions.items())),
            "calls": [asdict(call) for call in calls],
        }
