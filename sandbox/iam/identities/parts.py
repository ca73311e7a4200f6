"""Law: a list of IAM leaves out what only the call for the one resource returns.

Sources: API_ListRoles.html, API_ListPolicies.html, API_ListUsers.html, API_ListInstanceProfiles.html ("return a subset
of the available attributes": no tags, no boundary), API_PolicyVersion.html (the document "is not returned in the
response to the CreatePolicyVersion or ListPolicyVersions operations")
"""

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult


class Part:
    """A record of moto's without some of its attributes."""

    def __init__(self, record: Any, hidden: tuple[str, ...]) -> None:
        self._record, self._hidden = record, hidden

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._record, name)


def leave_out(result: ActionResult, key: str, *hidden: str) -> ActionResult:
    """Return an answer without the attributes `hidden` of what stands under `key`: a list of records, or one."""
    answer: Any = result.result
    records = answer[key]
    parts = [Part(record, hidden) for record in records] if isinstance(records, Iterable) else Part(records, hidden)
    return ActionResult({**answer, key: parts})
