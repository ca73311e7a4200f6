"""What a simulation says of an action on a resource: the decision, the statements behind it, the keys not given (pure).

Sources, in the IAM API Reference: API_EvaluationResult.html (decisions; a deny alone is listed where there is one;
MissingContextValues), API_Statement.html, API_PermissionsBoundaryDecisionDetail.html.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sandbox.iam.evaluation.conditions import as_list
from sandbox.iam.evaluation.patterns import Context
from sandbox.iam.evaluation.policy import Question, Statement, applies, names_action

Place = tuple[int, int]  # line and column, both from 1
_KEY = re.compile(r"\$\{\s*([^},*?$]+?)\s*\}")  # a variable without a default
_STATEMENTS = re.compile(r'"Statement"\s*:\s*')
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Located:
    """A statement, the policy that it stands in, and where its text begins and ends."""

    statement: Statement
    policy: str
    start: Place
    end: Place


@dataclass(frozen=True)
class Simulated:
    """`bounded` is whether the boundary allows it; None where there is no boundary."""

    decision: Literal["allowed", "explicitDeny", "implicitDeny"]
    matched: tuple[Located, ...]
    missing: tuple[str, ...]
    bounded: bool | None


def simulate(policies: Sequence[Located], boundary: Sequence[Located] | None, question: Question) -> Simulated:
    """Decide as IAM does: an explicit deny anywhere, then what policies and boundary both allow."""
    every = (*policies, *(boundary or ()))
    missing = tuple(sorted({key for located in every for key in _list_missing(located.statement, question)}))
    allowing = _matching(policies, "Allow", question)
    bounded = None if boundary is None else bool(_matching(boundary, "Allow", question))
    if denying := _matching(every, "Deny", question):
        forbidden = boundary is not None and bool(_matching(boundary, "Deny", question))
        return Simulated("explicitDeny", denying, missing, None if bounded is None else bounded and not forbidden)
    if allowing and bounded is not False:
        return Simulated("allowed", allowing, missing, bounded)
    return Simulated("implicitDeny", (), missing, bounded)


def _matching(statements: Sequence[Located], effect: str, question: Question) -> tuple[Located, ...]:
    return tuple(
        located for located in statements
        if located.statement.get("Effect") == effect and applies(located.statement, question)
    )  # fmt: skip


def _list_missing(statement: Statement, question: Question) -> set[str]:
    """The keys that a statement about the action asks for, in its conditions and variables, and that are not given."""
    if not names_action(statement, question.action):
        return set()
    block = statement.get("Condition") or {}
    keys = {key for tests in block.values() for key in tests}
    texts = as_list(statement.get("Resource", statement.get("NotResource", [])))
    texts += [text for tests in block.values() for value in tests.values() for text in as_list(value)]
    keys |= {key for text in texts for key in _KEY.findall(text)}
    return {key for key in keys if not _is_given(key, question.context)}


def _is_given(key: str, context: Context) -> bool:
    return key.lower() in context


@lru_cache(maxsize=512)
def locate(policy: str, document: str) -> tuple[Located, ...]:
    """Read the statements of a policy's document with their places; an unreadable document has none."""
    found = _STATEMENTS.search(document)
    if not found:
        return ()
    at, decoder, located = found.end(), json.JSONDecoder(), list[Located]()
    at += document[at] == "["
    try:
        while document[at := _end_of(at, document)] == "{":
            statement, end = decoder.raw_decode(document, at)
            located.append(Located(statement, policy, _place(document, at), _place(document, end)))
            at = end
    except (ValueError, IndexError):
        pass
    return tuple(located)


def _end_of(at: int, document: str) -> int:
    """Where the white space and commas from there on end."""
    match = _BETWEEN.match(document, at)
    return match.end() if match else at


def _place(document: str, at: int) -> Place:
    return document.count("\n", 0, at) + 1, at - document.rfind("\n", 0, at)
