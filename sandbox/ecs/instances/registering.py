"""RegisterContainerInstance: a machine joins a cluster, with what its agent says of it.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html ("this action is
only used by the Amazon ECS agent"), https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
cluster-query-language.html and task-placement-constraints.html (attributes that ECS adds itself). Attributes that the
agent (1.105) has sent with a value must come back, or it ends for good; it takes its zone from here alone.
"""

import json
from typing import Any

from sandbox.ec2.model.instance_types import architectures
from sandbox.ec2.model.records import list_instances
from sandbox.ecs.instances import views
from sandbox.ecs.model import names
from sandbox.ecs.model.caller import Caller, may_act
from sandbox.ecs.model.errors import AccessDeniedException, ClientException
from sandbox.ecs.model.records import ContainerInstance, Fields
from sandbox.ecs.model.tables import Cluster, Records
from sandbox.world.world import current

_GONE = ("shutting-down", "terminated")


def register(records: Records, request: Fields, caller: Caller) -> Fields:
    cluster = records.clusters.get(names.read_cluster_name(request.get("cluster")))
    if cluster is None:
        # The agent looks for these words in the message, with this code (1.105).
        raise ClientException("Cluster not found.")
    machine = _find_machine(records, request, caller)
    instance = _find_former(records, request, cluster, machine) or _find_repeated(records, cluster, machine, caller)
    if instance is None:
        arn = records.arn("container-instance", f"{cluster.name}/{names.make_id()}")
        instance = ContainerInstance(arn, cluster.arn, machine.id, current().clock.now(), caller.client_token)
        records.instances[arn] = instance
    if instance.status == "INACTIVE":
        instance.status = "ACTIVE"
    _write_down(instance, request, machine)
    records.tell_instance(instance)
    return {"containerInstance": views.render(instance)}


def _find_machine(records: Records, request: Fields, caller: Caller) -> Any:
    """Find the EC2 instance of the identity document; refused when it is none of this region, or not the caller's."""
    try:
        document = json.loads(request.get("instanceIdentityDocument") or "")
        machine_id, region = str(document["instanceId"]), document.get("region") or records.region_name
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ClientException("The instance identity document is invalid.") from None
    if not may_act(caller, machine_id):
        raise AccessDeniedException(
            f"User: {caller.arn} is not authorized to perform: ecs:RegisterContainerInstance: the instance identity "
            f"document is that of {machine_id}"
        )
    machine = next((each for each in list_instances() if each.id == machine_id), None)
    if machine is None or region != records.region_name or machine.region_name != region or machine.state in _GONE:
        raise ClientException("The instance identity document is invalid.")
    return machine


def _find_former(records: Records, request: Fields, cluster: Cluster, machine: Any) -> ContainerInstance | None:
    """Find what the agent registered before it was started again; None for its first registration."""
    arn = request.get("containerInstanceArn")
    if not arn:
        return None
    instance = names.get_instance(records, cluster, arn)
    if instance.ec2_instance_id != machine.id:
        raise ClientException("The container instance was registered for another instance.")
    if instance.find_attribute("ecs.instance-type") != machine.instance_type:
        raise ClientException("Container instance type changes are not supported.")
    return instance


def _find_repeated(records: Records, cluster: Cluster, machine: Any, caller: Caller) -> ContainerInstance | None:
    """Find what the same request has made already: its sender missed the answer, and asks again."""
    if not caller.client_token:
        return None
    same = (cluster.arn, machine.id, caller.client_token)
    known = records.instances.values()
    return next((i for i in known if (i.cluster_arn, i.ec2_instance_id, i.client_token) == same), None)


def _write_down(instance: ContainerInstance, request: Fields, machine: Any) -> None:
    instance.resources = [dict(resource) for resource in request.get("totalResources") or []]
    instance.gpus = [d["id"] for d in request.get("platformDevices") or [] if d.get("type") == "GPU"]
    amounts = {r["name"]: int(r["integerValue"]) for r in instance.resources if r.get("type") == "INTEGER"}
    instance.registered = {"CPU": 0, "MEMORY": 0, "GPU": len(instance.gpus), **amounts}
    own = {
        "ecs.availability-zone": machine.availability_zone,
        "ecs.instance-type": machine.instance_type,
        "ecs.ami-id": machine.image_id,
        "ecs.vpc-id": machine.vpc_id,
        "ecs.subnet-id": machine.subnet_id,
        "ecs.cpu-architecture": architectures(machine.instance_type)[-1],
        "ecs.os-type": "linux",
    }
    given = {a["name"]: a.get("value") for a in request.get("attributes") or []}
    merged = {**{a["name"]: a.get("value") for a in instance.attributes}, **own, **given}
    instance.attributes = [{"name": name} | ({"value": value} if value else {}) for name, value in merged.items()]
    instance.tags |= {tag["key"]: tag.get("value", "") for tag in request.get("tags") or []}
    if request.get("versionInfo"):
        instance.version_info = dict(request["versionInfo"])
