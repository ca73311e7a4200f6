"""What a job definition says in AWS may be somebody else's: what looks like a secret there is not shown (pure)."""

from dataclasses import replace
from typing import Any

from environments.model.resource import Difference
from kiln.secrets import masking

_FREE = ("command", "environment", "logOptions", "parameters")  # fields that hold what people like


def mask(change: Difference) -> Difference:
    """Hide the secrets of a difference."""
    if change.field not in _FREE:
        return change
    return replace(change, before=_mask(change.before), after=_mask(change.after))


def _mask(value: Any) -> Any:
    if isinstance(value, dict):
        return masking.mask_values(value)
    return masking.mask_command(value) if isinstance(value, tuple | list) else value
