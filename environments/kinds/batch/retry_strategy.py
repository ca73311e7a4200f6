"""When an attempt of a job is followed by another: retryStrategy of a job definition (pure).

The first rule that matches decides, and where none matches AWS Batch retries: so a list of reasons ends with a rule
that matches every other end. Source: EvaluateOnExit and RetryStrategy, AWS Batch API Reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_REST = {"onReason": "*", "action": "EXIT"}
Strategy = Mapping[str, Any]


def render_strategy(attempts: int, reasons: Sequence[str]) -> dict[str, Any]:
    """Write retryStrategy: another attempt for these reasons alone, or for every one where none is named."""
    rules = [{"onStatusReason": reason, "action": "RETRY"} for reason in reasons]
    return {"attempts": attempts} | ({"evaluateOnExit": [*rules, _REST]} if rules else {})


def read_reasons(rules: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Read them back; rules of another form come out as texts that no definition has, so that they differ."""
    upper = [{**rule, "action": str(rule.get("action", "")).upper()} for rule in rules]
    reasons = tuple(rule.get("onStatusReason", "") for rule in upper[:-1])
    if render_strategy(1, reasons).get("evaluateOnExit", []) == upper:
        return reasons
    return tuple(", ".join(f"{key} {value}" for key, value in sorted(rule.items())) for rule in upper)
