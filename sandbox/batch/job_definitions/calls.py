"""Job definitions: each registration is a revision of its own, which inherits nothing from the one before.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html,
…/API_DescribeJobDefinitions.html (jobDefinitions "can't be used with other parameters"),
…/API_DeregisterJobDefinition.html
"""

from typing import Any

from sandbox.batch.job_definitions import rules
from sandbox.batch.model import names, tag_rules
from sandbox.batch.model.errors import executing, refused
from sandbox.batch.model.records import Definition, Fields, Records
from sandbox.world.world import current

_KEPT = ("type", "parameters", "schedulingPriority", "retryStrategy", "propagateTags", "timeout")

_AT_ONCE = 100
_KEPT_INACTIVE = 180 * 86400  # seconds: API_DeregisterJobDefinition.html, "permanently deleted after 180 days"


def register(records: Records, request: Fields) -> Fields:
    name = request["jobDefinitionName"]
    names.check("jobDefinitionName", name)
    rules.check_size(request)
    container = rules.read_container(request)
    rules.check_running(request)
    tag_rules.check(request.get("tags") or {})
    # A number is given once, whatever becomes of the revision.
    revision = records.revisions.get(name, 0) + 1
    records.revisions[name] = revision
    fields = {key: request[key] for key in _KEPT if key in request}
    kind = "ecsProperties" if request.get("ecsProperties") else "containerProperties"
    fields = {"parameters": {}, **fields, kind: request["ecsProperties"] if kind == "ecsProperties" else container,
              "platformCapabilities": request.get("platformCapabilities") or ["EC2"]}  # fmt: skip
    arn = records.arn("job-definition", f"{name}:{revision}")
    definition = Definition(name, revision, arn, fields, dict(request.get("tags") or {}), container)
    records.definitions.setdefault(name, []).append(definition)
    return {"jobDefinitionName": name, "jobDefinitionArn": arn, "revision": revision}


def describe(records: Records, request: Fields) -> Fields:
    wanted, name, status = request.get("jobDefinitions"), request.get("jobDefinitionName"), request.get("status")
    if wanted:
        if name or status:
            raise executing("jobDefinitions can not be used with other parameters.")
        if len(wanted) > _AT_ONCE:
            raise executing(f"At most {_AT_ONCE} jobDefinitions can be described at once.")
        found = [revision for revision in (_find_revision(records, text) for text in wanted) if revision is not None]
    else:
        named = records.definitions.get(name, []) if name else _list_all(records)
        found = [each for each in named if not _is_gone(each) and status in (None, "", each.status)]
    return {"jobDefinitions": [_render(definition) for definition in found]}


def deregister(records: Records, request: Fields) -> Fields:
    revision = _find_revision(records, request["jobDefinition"])
    if revision is None:
        raise refused(f"JobDefinition {request['jobDefinition']} does not exist")
    if revision.status == "ACTIVE":
        revision.status, revision.deregistered = "INACTIVE", current().clock.now()
    return {}


def find_active(records: Records, named: Any) -> Definition:
    """Find the revision that a job means by ARN, name:revision or name (the latest active one).
    Refused if there is none.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html (jobDefinition); the refusals as
    people met them: aws-samples/aws-genomics-workflows#84 (a name), azavea/raster-vision-aws#17 (an ARN).
    """
    found = _find_revision(records, named)
    if found is None:
        short = str(named).removeprefix(records.arn("job-definition", ""))
        found = next(
            (
                definition
                for definition in reversed(records.definitions.get(short, []))
                if definition.status == "ACTIVE"
            ),
            None,
        )
    if found is None and ":" not in str(named):
        raise refused(f"JobDefinition name {named} does not exist or is not in ACTIVE status")
    if found is None:
        raise refused(f"JobDefinition {named} not found.")
    if found.status != "ACTIVE":
        raise refused(f"JobDefinition {named} is not in ACTIVE status.")
    return found


def _find_revision(records: Records, named: Any) -> Definition | None:
    name, _, number = str(named).removeprefix(records.arn("job-definition", "")).partition(":")
    revisions = records.definitions.get(name, [])
    if not number.isdecimal() or not 1 <= int(number) <= len(revisions):
        return None
    return None if _is_gone(revisions[int(number) - 1]) else revisions[int(number) - 1]


def _is_gone(definition: Definition) -> bool:
    """Return whether a revision was deregistered so long ago that Batch has deleted it."""
    return definition.status == "INACTIVE" and current().clock.now() - definition.deregistered >= _KEPT_INACTIVE


def _list_all(records: Records) -> list[Definition]:
    return [revision for revisions in records.definitions.values() for revision in revisions]


def _render(definition: Definition) -> Fields:
    return {
        "jobDefinitionName": definition.name,
        "jobDefinitionArn": definition.arn,
        "revision": definition.revision,
        "status": definition.status,
        **definition.fields,
        "tags": definition.tags,
        "containerOrchestrationType": "ECS",
    }
