"""Condition blocks of policies, where some keys have no known value: true, false, or None for "it depends" (pure).

Sources: "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys or values" and "Policy
variables", IAM User Guide.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cloud.rights.demand import Context

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_ABSENT = "ec2:attribute/"  # no attribute but the one that is changed is part of a request
Test = Callable[[str, str], bool]


def matches(pattern: str, value: str) -> bool:
    """Check a value against a pattern with * and ?."""
    parts = re.split(r"([*?])", pattern)
    regex = "".join({"*": ".*", "?": "."}.get(part) or re.escape(part) for part in parts)
    return re.fullmatch(regex, value, re.DOTALL) is not None


def substitute(text: str, context: Context, unknown: set[str]) -> str | None:
    """Put values in the place of a text's variables; None where there is none, whose key is then among `unknown`."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        known = _values(match.group(1), context)
        if not known and match.group(2) is None:
            missing = True
            unknown.add(match.group(1))
        return known[0] if known else match.group(2) or ""

    filled = _VARIABLE.sub(value, text)
    return None if missing else filled


def hold(block: Mapping[str, Mapping[str, Any]], context: Context, unknown: set[str]) -> bool | None:
    """Check all conditions of a statement; keys on which the answer depends are added to `unknown`."""
    answers: list[bool | None] = []
    for operator, tests in block.items():
        for key, wanted in tests.items():
            depends: set[str] = set()
            answer = _hold_one(operator, key, as_list(wanted), context, depends)
            answers.append(answer)
            if answer is None:
                unknown |= depends or {key}
    if False in answers:
        return False
    return None if None in answers else True


def as_list(value: Any) -> list[str]:
    """Return a policy's value or list of values, as texts."""
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def _hold_one(operator: str, key: str, wanted: list[str], context: Context, unknown: set[str]) -> bool | None:
    name = operator.rpartition(":")[2]
    given = _values(key, context)
    if name == "Null":
        if not given and not key.lower().startswith(_ABSENT):
            return None
        return (not given) == (wanted[0].lower() == "true")
    base = name.removesuffix("IfExists")
    test = _TESTS.get(base.replace("Not", "", 1))
    if not given or test is None:
        return None
    patterns = [text for pattern in wanted if (text := substitute(pattern, context, unknown)) is not None]
    if len(patterns) < len(wanted):
        return None
    answers = [any(test(pattern, value) for pattern in patterns) != ("Not" in base) for value in given]
    return all(answers) if operator.startswith("ForAllValues") or "Not" in base else any(answers)


def _values(key: str, context: Context) -> tuple[str, ...]:
    return next((values for name, values in context.items() if name.lower() == key.lower()), ())


def _equal(wanted: str, given: str) -> bool:
    return wanted == given


def _same(wanted: str, given: str) -> bool:
    return wanted.lower() == given.lower()


def _names_arn(pattern: str, arn: str) -> bool:
    parts, given = pattern.split(":", 5), arn.split(":", 5)
    return len(parts) == len(given) and all(map(matches, parts, given))


_TESTS: dict[str, Test] = {
    "StringEquals": _equal, "StringEqualsIgnoreCase": _same, "StringLike": matches, "ArnEquals": _names_arn,
    "ArnLike": _names_arn, "Bool": _same,
}  # fmt: skip
