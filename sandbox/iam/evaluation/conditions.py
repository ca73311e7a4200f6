"""Condition blocks: every operator and every key of a block must hold, one of a key's values is enough.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html,
reference_policies_condition-logic-multiple-context-keys-or-values.html (which values are joined by OR and by NOR),
reference_policies_condition-single-vs-multi-valued-context-keys.html (ForAllValues is true for a missing key).
"""

import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.iam.evaluation.patterns import Context, matches, matches_arn, substitute

Test = Callable[[str, str], bool]  # policy's value, request's value


def _exactly(pattern: str) -> str:
    """Return a policy's value for operators without wildcards."""
    for letter in "*?$[":
        pattern = pattern.replace(f"[{letter}]", letter)
    return pattern


def _number(compare: Callable[[float, float], bool]) -> Test:
    return lambda wanted, given: compare(float(given), float(wanted))


def _date(compare: Callable[[float, float], bool]) -> Test:
    return lambda wanted, given: compare(_seconds(given), _seconds(_exactly(wanted)))


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _in_network(wanted: str, given: str) -> bool:
    return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)


_TESTS: dict[str, Test] = {
    "StringEquals": lambda wanted, given: _exactly(wanted) == given,
    "StringEqualsIgnoreCase": lambda wanted, given: _exactly(wanted).lower() == given.lower(),
    "StringLike": matches,
    "ArnEquals": matches_arn,
    "ArnLike": matches_arn,
    "Bool": lambda wanted, given: _exactly(wanted).lower() == given.lower(),
    "BinaryEquals": lambda wanted, given: _exactly(wanted) == given,
    "NumericEquals": _number(lambda given, wanted: given == wanted),
    "NumericLessThan": _number(lambda given, wanted: given < wanted),
    "NumericLessThanEquals": _number(lambda given, wanted: given <= wanted),
    "NumericGreaterThan": _number(lambda given, wanted: given > wanted),
    "NumericGreaterThanEquals": _number(lambda given, wanted: given >= wanted),
    "DateEquals": _date(lambda given, wanted: given == wanted),
    "DateLessThan": _date(lambda given, wanted: given < wanted),
    "DateLessThanEquals": _date(lambda given, wanted: given <= wanted),
    "DateGreaterThan": _date(lambda given, wanted: given > wanted),
    "DateGreaterThanEquals": _date(lambda given, wanted: given >= wanted),
    "IpAddress": _in_network,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}


def as_list(value: Any) -> list[str]:
    """Return a policy's value or list of values, as texts."""
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def hold(block: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Return whether all conditions of a statement hold; raises ValueError for an operator that IAM does not know."""
    return all(
        _holds(operator, key, as_list(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    given = context.get(key.lower(), ())
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (not given) == (wanted[0].lower() == "true")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = name in _NEGATED
    test = _TESTS.get(_NEGATED.get(name, name))
    if test is None:
        raise ValueError(f"Invalid Condition type: {operator}")
    if not given:
        return if_exists or negated or quantifier == "ForAllValues"
    patterns = [told for text in wanted if (told := substitute(text, context)) is not None]
    found = [any(_passes(test, pattern, value) for pattern in patterns) != negated for value in given]
    if quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue"):
        return all(found)
    return any(found)


def _passes(test: Test, wanted: str, given: str) -> bool:
    try:
        return test(wanted, given)
    except ValueError:
        return False  # a text where a number, a date or an address is compared
