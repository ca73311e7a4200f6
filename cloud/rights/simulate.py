"""Ask IAM what a role may do: SimulatePrincipalPolicy, whose answers count policies, boundary and organisation.

Source: "SimulatePrincipalPolicy", IAM API Reference (a result for every action on every resource; those of a list of
resources stand under ResourceSpecificResults; pages).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloud.pages import list_all
from cloud.rights.demand import Ask, Context, Decision, Demand
from cloud.session import Cloud

_MOST = 1000  # results to a page
Decisions = Mapping[tuple[str, str], Decision]
"""Action and resource → the decision."""


def simulate(cloud: Cloud, demand: Demand) -> Decisions:
    """Decide every action of a demand on every resource, in few calls."""
    decisions: dict[tuple[str, str], Decision] = {}
    for ask in _merge(demand.asks):
        decisions |= _simulate(cloud, demand.role, ask, demand.context)
    return decisions


def _merge(asks: Sequence[Ask]) -> list[Ask]:
    """Ask once for all actions on the same resources, then once for all resources of the same actions."""
    actions: dict[tuple[str, ...], dict[str, None]] = {}
    for ask in asks:
        actions.setdefault(ask.resources, {}).update(dict.fromkeys(ask.actions))
    resources: dict[tuple[str, ...], dict[str, None]] = {}
    for places, names in actions.items():
        resources.setdefault(tuple(names), {}).update(dict.fromkeys(places))
    return [Ask(names, tuple(places)) for names, places in resources.items()]


def _simulate(cloud: Cloud, role: str, ask: Ask, context: Context) -> dict[tuple[str, str], Decision]:
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": "string"}
        for key, values in context.items()
    ]
    resources = {} if ask.resources == ("*",) else {"ResourceArns": list(ask.resources)}
    results = list_all(
        cloud.client("iam"), "simulate_principal_policy", "EvaluationResults", PolicySourceArn=role,
        ActionNames=list(ask.actions), ContextEntries=entries, MaxItems=_MOST, **resources,
    )  # fmt: skip
    return {key: decision for result in results for key, decision in _read(result)}


def _read(result: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Decision]]:
    action = str(result["EvalActionName"])
    for specific in result.get("ResourceSpecificResults") or ():
        decision = _decision(str(specific["EvalResourceDecision"]), {**result, **specific})
        yield (action, str(specific["EvalResourceName"])), decision
    if not result.get("ResourceSpecificResults"):
        resource = str(result.get("EvalResourceName") or "*")
        yield (action, resource), _decision(str(result["EvalDecision"]), result)


def _decision(answer: str, result: Mapping[str, Any]) -> Decision:
    """An answer that might be another with the missing keys is unclear."""
    if answer == "allowed":
        return Decision("allowed")
    if missing := result.get("MissingContextValues"):
        return Decision("unclear", f"it depends on the condition keys {', '.join(sorted(missing))}")
    if answer == "explicitDeny":
        sources = sorted({str(place["SourcePolicyId"]) for place in result.get("MatchedStatements") or ()})
        return Decision("denied", ", ".join(sources) or "a policy of the organisation")
    if not (result.get("OrganizationsDecisionDetail") or {"AllowedByOrganizations": True})["AllowedByOrganizations"]:
        return Decision("denied", "a policy of the organisation")
    bound = result.get("PermissionsBoundaryDecisionDetail") or {"AllowedByPermissionsBoundary": True}
    return Decision("lacking") if bound["AllowedByPermissionsBoundary"] else Decision("bounded")
