"""Missing rights in words, with the commands that give them (pure)."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from cloud.rights.demand import Decision, Demand, Lack, Verdict

_AWS = ":iam::aws:policy/"


@dataclass(frozen=True)
class Missing:
    """What a role `lacks`, in words behind its name; the `loss`; a command or an action that mends it."""

    role: str
    lacks: str
    loss: str
    fix: str


def list_missing(verdict: Verdict, attachable: Collection[str] = ()) -> Iterator[Missing]:
    """Say what is missing, by what stands against it; `attachable` are ARNs of policies that hold what they should."""
    demand = verdict.demand
    lacks = sorted(verdict.lacks, key=lambda lack: (lack.decision.state, lack.decision.by))
    for decision, group in groupby(lacks, key=lambda lack: lack.decision):
        own = tuple(group)
        fix = grant_command(demand, own) if decision.state == "closed" else _fix(demand, decision, attachable)
        yield Missing(role_name(demand), _lacks(decision, name_rights(own)), demand.loss, fix)


def role_name(demand: Demand) -> str:
    return demand.role.rpartition("/")[2]


def name_rights(lacks: tuple[Lack, ...]) -> str:
    """List actions, with what they are needed on."""
    places: dict[str, list[str]] = {}
    for lack in lacks:
        places.setdefault(lack.where, []).append(lack.action)
    return "; ".join(
        ", ".join(dict.fromkeys(actions)) + (f" on {where}" if where else "") for where, actions in places.items()
    )


def attach_command(role: str, policy: str) -> str:
    return f"aws iam attach-role-policy --role-name {role} --policy-arn {policy}"


def grant_command(demand: Demand, lacks: tuple[Lack, ...]) -> str:
    """Write the command that gives a role what the policy of a key does not, by a grant."""
    operations = " ".join(dict.fromkeys(lack.action.partition(":")[2] for lack in lacks))
    return (
        f"aws kms create-grant --key-id {lacks[0].decision.by} --grantee-principal {demand.role} "
        f"--operations {operations}"
    )


def put_command(demand: Demand) -> str:
    """Write the command that gives a role what a demand asks for, as an inline policy."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(demand.statements)}).replace("'", "\\u0027")
    return (
        f"aws iam put-role-policy --role-name {role_name(demand)} --policy-name {demand.name} "
        f"--policy-document '{document}'"
    )


def _lacks(decision: Decision, rights: str) -> str:
    if decision.state == "denied":
        return f"is denied {rights} by {decision.by}"
    if decision.state == "bounded":
        return f"is kept from {rights} by its permissions boundary{' ' + decision.by if decision.by else ''}"
    if decision.state == "closed":
        return f"has {rights} neither by the key's own policy nor by a grant"
    return f"lacks {rights}"


def _fix(demand: Demand, decision: Decision, attachable: Collection[str]) -> str:
    if decision.state == "denied":
        return f"no other policy gives what is denied: take these actions out of the Deny in {decision.by}"
    if decision.state == "bounded":
        return "allow these actions in the boundary too: no policy of the role gives what its boundary does not allow"
    if _AWS in demand.policy or demand.policy in attachable:
        return attach_command(role_name(demand), demand.policy)
    return put_command(demand)
