"""What a call of EC2 must be allowed: each of its resources, tags at creation, and the role that is passed on.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (resources of each
action), https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html (CreateTags and
ec2:CreateAction), ExamplePolicies_EC2.html (RunInstances), troubleshooting_iam (iam:PassRole)
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from sandbox.ec2 import resources
from sandbox.ec2.instances.launch import find_template_version, merge
from sandbox.ec2.model.tagging import read_tags
from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT

# Operation → what it makes. RunInstances stands apart.
_MAKES = {
    "CreateImage": ("image", "snapshot"), "CopyImage": ("image", "snapshot"), "CreateSnapshot": ("snapshot",),
    "CreateSecurityGroup": ("security-group",), "CreateVolume": ("volume",), "CreateVpc": ("vpc",),
    "CreateSubnet": ("subnet",), "CreateLaunchTemplate": ("launch-template",),
    "CreateNetworkInterface": ("network-interface",), "CreatePlacementGroup": ("placement-group",),
}  # fmt: skip
_KEY_PAIRS = ("CreateKeyPair", "ImportKeyPair")
# Parameters whose ids are no resources of the action.
_NOT_RESOURCES = ("UserIds", "OwnerIds", "KmsKeyId", "ClientToken", "Filters", "TagSpecifications", "SnapshotIds")


def ask(request: Request) -> Iterator[Question]:
    operation, action = request.operation, f"ec2:{request.operation}"
    if operation == "RunInstances":
        yield from _ask_for_launch(request)
    elif operation in _KEY_PAIRS:
        arn = resources.make_arn(request.region, "key-pair", str(request.get("KeyName")))
        yield from _ask_for_new(request, "key-pair", arn)
    elif operation.startswith("Describe") or (operation.startswith("Get") and operation != "GetConsoleOutput"):
        yield Question(action)
    elif operation in ("CreateTags", "DeleteTags"):
        own = {tag["Key"]: tag.get("Value") for tag in request.get("Tags") or []}
        for resource in request.get("Resources") or []:
            yield _ask_for_existing(request.region, action, resource, tags.list_requested(own))
    else:
        yield from _ask_for_others(request)


def _ask_for_others(request: Request) -> Iterator[Question]:
    action, asked = f"ec2:{request.operation}", 0
    for kind in _MAKES.get(request.operation, ()):
        yield from _ask_for_new(request, kind, resources.make_arn(request.region, kind))
        asked += 1
    named = dict.fromkeys(_find_ids({k: v for k, v in request.parameters.items() if k not in _NOT_RESOURCES}))
    if request.operation == "DetachVolume" and not request.get("InstanceId"):
        attached = resources.find_instance_of_volume(request.region, str(request.get("VolumeId")))
        named |= {attached: None} if attached else {}
    for resource_id in named:
        yield _ask_for_existing(request.region, action, resource_id, _list_attribute_keys(request))
        asked += 1
    yield from _ask_to_pass(request.get("IamInstanceProfile") or {})
    if not asked:
        yield Question(action)


def _find_ids(value: Any, name: str = "") -> Iterator[str]:
    """Find ids, and names of key pairs and launch templates, wherever they stand among the parameters."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _find_ids(each, key)
    elif isinstance(value, list):
        for member in value:
            yield from _find_ids(member, name)
    elif isinstance(value, str) and (name == "KeyName" or resources.kind_of(value)):
        yield value


def _ask_for_existing(region: str, action: str, name: str, keys: tags.Keys | None = None) -> Question:
    arn, own, exists = resources.find_resource(region, name)
    return Question(action, arn, own | (keys or {}), exists)


def _ask_for_new(request: Request, kind: str, arn: str, own: dict[str, str] | None = None) -> Iterator[Question]:
    """Ask for the making itself, and for its tags: ec2:CreateTags is asked only where there are some."""
    given = read_tags(request.parameters).get(kind, {}) if own is None else own
    keys = tags.list_requested(given)
    yield Question(f"ec2:{request.operation}", arn, keys | _list_shape_keys(request, kind))
    if given:
        yield Question("ec2:CreateTags", arn, keys | {"ec2:createaction": (request.operation,)})


def _list_shape_keys(request: Request, kind: str) -> tags.Keys:
    if kind == "instance":
        options = (request.get("InstanceMarketOptions") or {}).get("MarketType")
        tokens = (request.get("MetadataOptions") or {}).get("HttpTokens")
        found = {"ec2:InstanceType": request.get("InstanceType") or "m1.small",
                 "ec2:InstanceMarketType": options or "on-demand", "ec2:MetadataHttpTokens": tokens}  # fmt: skip
    elif kind == "volume":
        found = {"ec2:VolumeSize": request.get("Size"), "ec2:VolumeType": request.get("VolumeType"),
                 "ec2:Encrypted": request.get("Encrypted")}  # fmt: skip
    else:
        found = {}
    return {key.lower(): (_text(value),) for key, value in found.items() if value is not None}


def _list_attribute_keys(request: Request) -> tags.Keys:
    if not request.operation.startswith("Modify"):
        return {}
    names = [key for key in request.parameters if not key.endswith(("Id", "Ids")) and key != "DryRun"]
    values = {name: request.get(name) for name in names}
    keys: tags.Keys = {"ec2:attribute": tuple(names)} if names else {}
    for name, value in values.items():
        told = value.get("Value") if isinstance(value, dict) else value
        keys[f"ec2:attribute/{name}".lower()] = (_text(told),)
    return keys


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ask_for_launch(request: Request) -> Iterator[Question]:
    backend, region, action = ec2_backends[ACCOUNT][request.region], request.region, "ec2:RunInstances"
    parameters = dict(request.parameters)
    template = find_template_version(backend, parameters)
    whole = replace(request, parameters=merge(template, parameters))
    own = read_tags(request.parameters)
    networks = whole.get("NetworkInterfaces") or []
    for kind in ("instance", "volume", "network-interface"):
        yield from _ask_for_new(whole, kind, resources.make_arn(region, kind), own.get(kind, {}))
    if own.get("spot-instances-request"):
        keys = tags.list_requested(own["spot-instances-request"]) | {"ec2:createaction": ("RunInstances",)}
        yield Question("ec2:CreateTags", resources.make_arn(region, "spot-instances-request"), keys)
    subnets = [whole.get("SubnetId"), *(network.get("SubnetId") for network in networks)]
    groups = [*(whole.get("SecurityGroupIds") or []), *(group for n in networks for group in n.get("Groups") or [])]
    disks = [mapping.get("Ebs", {}).get("SnapshotId") for mapping in whole.get("BlockDeviceMappings") or []]
    for resource_id in [whole.get("ImageId"), whole.get("KeyName"), *subnets, *groups, *disks]:
        if resource_id:
            yield _ask_for_existing(region, action, resource_id)
    # Where nothing is named, EC2 takes the default subnet and its default group.
    for kind, named in (("subnet", any(subnets)), ("security-group", groups)):
        if not named:
            yield Question(action, resources.make_arn(region, kind))
    if template is not None:
        yield _ask_for_existing(region, action, template.template.id)
    yield from _ask_to_pass(whole.get("IamInstanceProfile") or {})


def _ask_to_pass(wanted: dict[str, str]) -> Iterator[Question]:
    for profile in iam_backends[ACCOUNT]["aws"].instance_profiles.values():
        if wanted.get("Name") == profile.name or wanted.get("Arn") == profile.arn:
            for role in profile.roles:
                yield Question("iam:PassRole", role.arn, {"iam:passedtoservice": ("ec2.amazonaws.com",)})
