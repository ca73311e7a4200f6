"""Whether a failed attempt is followed by another (pure).

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html ("the action to take if all of the
specified conditions are met"), https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html (the first rule that
matches decides, and where none does the job is retried).
"""

from sandbox.batch.jobs.endings import Ending
from sandbox.batch.model.job import Fields


def decides_to_retry(strategy: Fields | None, attempts: int, ending: Ending) -> bool:
    """Return whether a job that has failed `attempts` times, last by `ending`, is tried again."""
    strategy = strategy or {}
    if not ending.may_be_retried or attempts >= int(strategy.get("attempts") or 1):
        return False
    for rule in strategy.get("evaluateOnExit") or []:
        if _matches_all(rule, ending):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _matches_all(rule: Fields, ending: Ending) -> bool:
    code = "" if ending.exit_code is None else str(ending.exit_code)
    met = {"onStatusReason": ending.reason, "onReason": ending.container_reason, "onExitCode": code}
    return all(_matches(rule[name], text) for name, text in met.items() if rule.get(name) is not None)


def _matches(pattern: str, text: str) -> bool:
    """Compare with a pattern; what is absent is an empty text, which only "*" and "" match."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern
