"""SimulatePrincipalPolicy: what a user, a group or a role may do, asked of IAM instead of tried.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html (identity policies with
those of the user's groups, more policies as input, a boundary as input in place of the entity's own; a result for
every action on every resource; pages of 100). Policies count at once: nothing has to be spread for a simulation.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import IAMException
from moto.iam.responses import IamResponse

from sandbox.iam.entities import Entity, find_entity
from sandbox.iam.evaluation.policy import Question
from sandbox.iam.evaluation.simulate import Located, Place, Simulated, locate, simulate

_NOT_IMITATED = ("ResourcePolicy", "CallerArn", "ResourceOwner", "ResourceHandlingOption", "PolicyExclusionList")


class Simulation(IamResponse):
    def simulate_principal_policy(self) -> ActionResult:
        for name in _NOT_IMITATED:
            if self._get_param(name):
                raise NotImplementedError(f"SimulatePrincipalPolicy with {name}")
        entity = find_entity(self.backend, str(self._get_param("PolicySourceArn")))
        results = list(self._results(entity))
        return ActionResult({"EvaluationResults": results})

    def _results(self, entity: Entity) -> Iterator[dict[str, Any]]:
        given = [located for n, text in enumerate(self._get_param("PolicyInputList") or [], 1)
                 for located in locate(f"PolicyInputList.{n}", text)]  # fmt: skip
        policies, boundary = (*entity.policies, *given), self._read_boundary(entity)
        context = entity.context | self._read_context()
        for action in self._get_param("ActionNames") or []:
            _check_action(action)
            for resource in self._get_param("ResourceArns") or ["*"]:
                answer = simulate(policies, boundary, Question(action, resource, context))
                yield _describe(action, resource, answer)

    def _read_boundary(self, entity: Entity) -> tuple[Located, ...] | None:
        given = self._get_param("PermissionsBoundaryPolicyInputList")
        if not given:
            return entity.boundary
        return tuple(place for text in given for place in locate("PermissionsBoundaryPolicyInputList.1", text))

    def _read_context(self) -> dict[str, tuple[str, ...]]:
        entries: list[Mapping[str, Any]] = self._get_param("ContextEntries") or []
        return {str(entry["ContextKeyName"]).lower(): tuple(map(str, entry.get("ContextKeyValues") or ()))
                for entry in entries if entry.get("ContextKeyName")}  # fmt: skip


def _check_action(action: str) -> None:
    service, _, name = action.partition(":")
    if not service or not name or "*" in action:
        raise IAMException("InvalidInput", f"Invalid Action: {action}")


def _describe(action: str, resource: str, answer: Simulated) -> dict[str, Any]:
    matched = [_describe_place(located) for located in answer.matched]
    described: dict[str, Any] = {
        "EvalActionName": action, "EvalResourceName": resource, "EvalDecision": answer.decision,
        "MatchedStatements": matched, "MissingContextValues": list(answer.missing) if resource == "*" else [],
    }  # fmt: skip
    bounded = {"AllowedByPermissionsBoundary": answer.bounded}
    described |= {"PermissionsBoundaryDecisionDetail": bounded} if answer.bounded is not None else {}
    if resource != "*":
        specific: dict[str, Any] = {
            "EvalResourceName": resource, "EvalResourceDecision": answer.decision,
            "MatchedStatements": matched, "MissingContextValues": list(answer.missing),
        }  # fmt: skip
        specific |= {"PermissionsBoundaryDecisionDetail": bounded} if answer.bounded is not None else {}
        described["ResourceSpecificResults"] = [specific]
    return described


def _describe_place(located: Located) -> dict[str, Any]:
    return {
        "SourcePolicyId": located.policy, "SourcePolicyType": "IAM Policy",
        "StartPosition": _point(located.start), "EndPosition": _point(located.end),
    }  # fmt: skip


def _point(place: Place) -> dict[str, int]:
    return {"Line": place[0], "Column": place[1]}
