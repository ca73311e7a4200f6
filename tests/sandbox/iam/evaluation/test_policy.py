"""Statements, wildcards, variables and conditions: pure, each seen to allow and to deny."""

from typing import Any

import pytest

from sandbox.iam.evaluation.conditions import hold
from sandbox.iam.evaluation.decide import find_denial
from sandbox.iam.evaluation.patterns import matches, matches_arn, substitute
from sandbox.iam.evaluation.policy import Question, applies

VOLUME = "arn:aws:ec2:us-east-1:123456789012:volume/vol-1"


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("ec2:Describe*", "ec2:DescribeImages", True),
        ("ec2:Describe*", "ec2:RunInstances", False),
        ("i-?", "i-1", True),
        ("i-?", "i-12", False),
        ("a.c", "abc", False),
        ("[a]", "a", False),
        ("[a]", "[a]", True),
    ],
)
def test_wildcards(pattern: str, value: str, fits: bool) -> None:
    assert matches(pattern, value) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*", True),
        ("arn:aws:ec2:*:*:volume/*", True),
        ("arn:aws:ec2:*:*:instance/*", False),
        ("arn:aws:ec2:*", True),
        ("arn:aws:ec2:eu-*:*:volume/*", False),
        ("arn:aws:*:volume/vol-1", False),
    ],
)
def test_arns_are_compared_part_by_part(pattern: str, fits: bool) -> None:
    assert matches_arn(pattern, VOLUME) is fits


def test_variables() -> None:
    context = {"aws:username": ("ada",), "aws:principaltag/team": ("a*",), "many": ("1", "2")}
    assert matches(substitute("home/${aws:UserName}/*", context) or "", "home/ada/x")
    assert not matches(substitute("${aws:PrincipalTag/team}", context) or "", "abc")
    assert matches(substitute("${aws:PrincipalTag/team}", context) or "", "a*")
    assert substitute("${aws:nothing}", context) is None
    assert substitute("${many}", context) is None
    assert substitute("${aws:nothing, 'none'}", context) == "none"
    assert not matches(substitute("${*}", context) or "", "x")
    assert matches(substitute("${*}", context) or "", "*")


CONTEXT = {
    "tag": ("Blue",),
    "tags": ("a", "b"),
    "arn": ("arn:aws:iam::1:role/x",),
    "n": ("5",),
    "when": ("2026-11-01T00:00:00Z",),
    "ip": ("10.0.0.7",),
    "yes": ("true",),
}


@pytest.mark.parametrize(
    ("operator", "key", "right", "wrong"),
    [
        ("StringEquals", "tag", "Blue", "B*"),
        ("StringEquals", "TAG", ["Red", "Blue"], ["Red", "Green"]),
        ("StringNotEquals", "tag", "Red", ["Red", "Blue"]),
        ("StringEqualsIgnoreCase", "tag", "blue", "red"),
        ("StringLike", "tag", "B?ue", "R*"),
        ("StringNotLike", "tag", "R*", "B*"),
        ("ArnLike", "arn", "arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"),
        ("ArnNotLike", "arn", "arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*"),
        ("ArnEquals", "arn", "arn:aws:iam::1:role/x", "arn:aws:iam::2:role/x"),
        ("NumericLessThan", "n", "6", "5"),
        ("NumericLessThanEquals", "n", 5, 4),
        ("NumericGreaterThan", "n", "4", "x"),
        ("DateGreaterThan", "when", "2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("IpAddress", "ip", "10.0.0.0/8", "192.168.0.0/16"),
        ("NotIpAddress", "ip", "192.168.0.0/16", "10.0.0.0/8"),
        ("Bool", "yes", True, "false"),
        ("Null", "tag", "false", "true"),
        ("Null", "absent", True, "false"),
        ("ForAllValues:StringEquals", "tags", ["a", "b", "c"], ["a"]),
        ("ForAnyValue:StringEquals", "tags", ["b"], ["c"]),
        ("ForAnyValue:StringLike", "tags", "b*", "c*"),
        ("ForAllValues:StringNotEquals", "tags", ["c"], ["a"]),
        ("ForAnyValue:StringNotEquals", "tags", ["a"], ["a", "b"]),
    ],
)
def test_operators(operator: str, key: str, right: Any, wrong: Any) -> None:
    assert hold({operator: {key: right}}, CONTEXT)
    assert not hold({operator: {key: wrong}}, CONTEXT)


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        ("StringEquals", False),
        ("StringEqualsIfExists", True),
        ("StringNotEquals", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("Bool", False),
    ],
)
def test_a_missing_key(operator: str, holds: bool) -> None:
    assert hold({operator: {"absent": "x"}}, CONTEXT) is holds


def test_all_operators_and_all_keys_must_hold() -> None:
    assert hold({"StringEquals": {"tag": "Blue", "yes": "true"}, "Null": {"absent": "true"}}, CONTEXT)
    assert not hold({"StringEquals": {"tag": "Blue", "yes": "false"}}, CONTEXT)
    assert not hold({"StringEquals": {"tag": "Blue"}, "Null": {"tag": "true"}}, CONTEXT)


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match="StringSame"):
        hold({"StringSame": {"tag": "Blue"}}, CONTEXT)


def test_not_action_and_not_resource() -> None:
    question = Question("ec2:DeleteVolume", VOLUME)
    assert applies({"Effect": "Allow", "NotAction": "ec2:Run*", "Resource": "*"}, question)
    assert not applies({"Effect": "Allow", "NotAction": "EC2:delete*", "Resource": "*"}, question)
    assert applies({"Effect": "Allow", "Action": "ec2:*", "NotResource": "arn:aws:ec2:*:*:instance/*"}, question)
    assert not applies({"Effect": "Allow", "Action": "ec2:*", "NotResource": VOLUME}, question)


def test_an_action_without_resources_needs_the_star() -> None:
    question = Question("ec2:DescribeVolumes")
    assert applies({"Effect": "Allow", "Action": "ec2:DescribeVolumes", "Resource": "*"}, question)
    assert not applies({"Effect": "Allow", "Action": "ec2:DescribeVolumes", "Resource": VOLUME}, question)


def _everything(effect: str, action: str = "*") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*"}


@pytest.mark.parametrize(
    ("policies", "boundary", "why"),
    [
        ([_everything("Allow")], None, None),
        ([], None, "because no identity-based policy allows the ec2:RunInstances action"),
        ([_everything("Allow"), _everything("Deny")], None, "with an explicit deny in an identity-based policy"),
        ([_everything("Allow")], [_everything("Allow", "ec2:*")], None),
        ([_everything("Allow")], [], "because no permissions boundary allows the ec2:RunInstances action"),
        ([], [_everything("Allow")], "because no identity-based policy allows the ec2:RunInstances action"),
        (
            [_everything("Allow")],
            [_everything("Allow"), _everything("Deny", "ec2:R*")],
            "with an explicit deny in a permissions boundary",
        ),
    ],
)
def test_the_order_of_decision(policies: list[Any], boundary: list[Any] | None, why: str | None) -> None:
    assert find_denial(policies, boundary, Question("ec2:RunInstances")) == why


def test_what_depends_on_an_unknown_resource_is_left_to_the_service() -> None:
    tagged = _everything("Allow") | {"Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}
    assert find_denial([tagged], None, Question("ec2:DeleteVolume", VOLUME, known=False)) is None
    assert find_denial([tagged], None, Question("ec2:DeleteVolume", VOLUME)) is not None
    assert find_denial([], None, Question("ec2:DeleteVolume", VOLUME, known=False)) is not None
