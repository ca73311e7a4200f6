"""ListTagsForResource.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html (clusters, container
instances, tasks, task definitions; those of services are not imitated)
"""

from sandbox.ecs.model.caller import Caller
from sandbox.ecs.model.errors import ClientException, ClusterNotFoundException, InvalidParameterException
from sandbox.ecs.model.records import Fields
from sandbox.ecs.model.tables import Records


def list_tags(records: Records, request: Fields, _: Caller) -> Fields:
    return {"tags": [{"key": k, "value": v} for k, v in find_tags(records, str(request["resourceArn"])).items()]}


def find_tags(records: Records, arn: str) -> dict[str, str]:
    """Find the tags of a resource; refused when there is none of that ARN."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "ecs":
        raise InvalidParameterException("Invalid arn syntax.")
    kind, _, name = parts[5].partition("/")
    if kind == "cluster":
        cluster = records.clusters.get(name)
        if cluster is None:
            raise ClusterNotFoundException("Cluster not found.")
        return cluster.tags
    if kind == "task-definition" and arn in records.definitions:
        return {}
    if kind == "task" and arn in records.tasks:
        return records.tasks[arn].asked.tags
    if kind == "container-instance" and arn in records.instances:
        return records.instances[arn].tags
    raise ClientException("The specified resource is not found. Specify a valid resource and try again.")
