"""Whether an expression of the cluster query language holds for a container instance. Pure.

A negated operator (!=, !in, !~, !exists) holds where its opposite does not: also where the subject is missing, as for
task anti-affinity. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html;
patterns are Java's, of which Python's are read here, and match the whole value as Java's `matches` does.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.ecs.queries.expressions import And, BadExpression, Comparison, Expression, Not
from sandbox.ecs.queries.grammar import parse
from sandbox.ecs.queries.subjects import ATTRIBUTE, find_subject, read_version

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "greater_than": operator.gt, "greater_than_equal": operator.ge, "less_than": operator.lt,
    "less_than_equal": operator.le,
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """A container instance as filters see it. `registered_at` is in seconds since the epoch.

    `agent_version` is "" before the agent has told it; `groups` are those of its tasks; an attribute without a value
    has "".
    """

    agent_connected: bool
    agent_version: str
    ec2_instance_id: str
    registered_at: float
    running_tasks: int
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


Holds = Callable[[Facts], bool]


def compile_filter(text: str) -> Holds:
    """Make a test of container instances out of an expression; raises BadExpression."""
    return _compile(parse(text))


def _compile(expression: Expression) -> Holds:
    if isinstance(expression, Comparison):
        return _compile_comparison(expression)
    if isinstance(expression, Not):
        inner = _compile(expression.term)
        return lambda facts: not inner(facts)
    terms = [_compile(term) for term in expression.terms]
    if isinstance(expression, And):
        return lambda facts: all(term(facts) for term in terms)
    return lambda facts: any(term(facts) for term in terms)


def _compile_comparison(comparison: Comparison) -> Holds:
    subject, name = find_subject(comparison.subject), comparison.subject
    if comparison.operator not in subject.operators:
        raise BadExpression(f"{name} does not take {comparison.operator}")
    plain = comparison.operator.removeprefix("not_")
    holds = _compile_operator(plain, comparison.arguments, subject.read)
    negated = plain != comparison.operator
    return lambda facts: any(holds(value) for value in _list_values(facts, name)) != negated


def _compile_operator(plain: str, arguments: tuple[str, ...], read: Callable[[str], Any]) -> Callable[[Any], bool]:
    if plain == "exists":
        return lambda value: True
    if plain == "matches":
        pattern = _compile_pattern(arguments[0])
        return lambda value: pattern.fullmatch(value) is not None
    known = [read(argument) for argument in arguments]
    if plain in _ORDERS:
        return lambda value: _is_ordered(_ORDERS[plain], value, known[0])
    return lambda value: value in known


def _compile_pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise BadExpression(f"{text} is no pattern: {error}") from None


def _is_ordered(order: Callable[[Any, Any], bool], value: Any, argument: Any) -> bool:
    """Compare texts as numbers where both are."""
    if isinstance(value, str) and value.isdigit() and argument.isdigit():
        return order(int(value), int(argument))
    return order(value, argument)


def _list_values(facts: Facts, subject: str) -> list[Any]:
    """List the values of a subject: none where it is missing, several where tasks of several groups run."""
    if subject.startswith(ATTRIBUTE):
        name = subject.removeprefix(ATTRIBUTE)
        return [facts.attributes[name]] if name in facts.attributes else []
    if subject == "task:group":
        return list(facts.groups)
    if subject == "agentVersion":
        return [read_version(facts.agent_version)] if facts.agent_version else []
    return [
        {
            "agentConnected": str(facts.agent_connected).lower(),
            "ec2InstanceId": facts.ec2_instance_id,
            "registeredAt": facts.registered_at,
            "runningTasksCount": facts.running_tasks,
        }[subject]
    ]
