"""Law: what RunInstances refuses, and what it makes of the rest.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html (ClientToken)
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DryRunClientError
from moto.ec2.responses import EC2Response

from sandbox.ec2.instances import capacity, launch_checks, lifecycle, metadata_options, spot
from sandbox.ec2.launch_templates.record import find_by_name
from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags
from sandbox.ec2.network.firewall import list_groups
from sandbox.ec2.volumes import encryption, volumes
from sandbox.ec2.volumes.block_devices import BlockDevice, resolve
from sandbox.iam import volume_keys
from sandbox.kms import keys as kms
from sandbox.world.client_tokens import Earlier
from sandbox.world.world import World, current


class Launch(EC2Response):
    def run_instances(self) -> ActionResult:
        world, backend = current(), self.ec2_backend
        version = find_template_version(backend, self.params)
        request = merge(version, dict(self.params))
        launch_checks.check(backend, request)
        image = backend.amis[request["ImageId"]]
        devices = resolve(
            image.block_device_mappings,
            request.get("BlockDeviceMappings") or [],
            volumes.list_snapshot_facts(backend),
            image.root_device_name,
            encryption.is_on(backend),
        )
        earlier = world.client_tokens.find("RunInstances", request)
        if earlier:
            return _answer_again(earlier)
        if request.get("DryRun"):
            raise DryRunClientError()
        self.params = _for_moto(backend, request, capacity.grant(backend, request))
        result = super().run_instances()
        reservation: Any = result.result
        for instance in reservation.instances:
            world.instances[instance.id].reservation_id = reservation.id
            _furnish(world, backend, instance, devices, request)
            if why := _find_keyless(world, self.get_access_key(), backend, devices):
                _end(world, instance, f"Client error on launch: {why}")
            else:
                lifecycle.launch(instance)
        world.client_tokens.keep("RunInstances", request, reservation)
        return result


def find_template_version(backend: Any, request: dict[str, Any]) -> Any:
    """Return the version of a launch template that a request names, or None; raises AWS's error where there is none."""
    named = request.get("LaunchTemplate")
    if not named:
        return None
    template_id, name = named.get("LaunchTemplateId"), named.get("LaunchTemplateName")
    template = backend.get_launch_template(template_id) if template_id else find_by_name(backend, name or "")
    return template.get_version(named.get("Version"))


def merge(version: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return the request over its launch template's data; what the request says wins, tags of both are set."""
    if version is None:
        return request
    data = {key: value for key, value in dict(version.data).items() if value not in (None, [], {})}
    merged = {**data, **{key: value for key, value in request.items() if value not in (None, [], {})}}
    # AWS marks its machines itself (Amazon EC2 User Guide, "Launch instances from a launch template").
    marks = {"aws:ec2launchtemplate:id": version.template.id, "aws:ec2launchtemplate:version": str(version.number)}
    own = [{"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in marks.items()]}]
    given = [specification for source in (data, request) for specification in source.get("TagSpecifications") or []]
    merged["TagSpecifications"] = [*given, *own]
    return merged


def _for_moto(backend: Any, request: dict[str, Any], count: int) -> dict[str, Any]:
    """Return what moto leaves to chance made explicit: the default subnet and group, and how many instances.

    moto makes one 8 GiB volume of its own when there are no mappings; `_furnish` puts the right ones there.
    """
    changed = {key: value for key, value in request.items() if key not in ("BlockDeviceMappings", "LaunchTemplate")}
    specifications = request.get("TagSpecifications") or []
    changed["TagSpecifications"] = [
        specification for specification in specifications if specification["ResourceType"] == "instance"
    ]
    changed["MinCount"] = changed["MaxCount"] = count
    nics = [dict(nic) for nic in request.get("NetworkInterfaces") or []]
    if nics:
        nics[0].setdefault(
            "SubnetId", request.get("SubnetId") or launch_checks.find_default_subnet(backend, request).id
        )
        changed["NetworkInterfaces"] = nics
    elif not request.get("SubnetId"):
        changed["SubnetId"] = launch_checks.find_default_subnet(backend, request).id
    if not nics and not request.get("SecurityGroupIds") and not request.get("SecurityGroups"):
        subnet = backend.get_subnet(changed["SubnetId"])
        changed["SecurityGroupIds"] = [backend.get_default_security_group(subnet.vpc_id).id]
    return changed


def _furnish(
    world: World, backend: Any, instance: Any, devices: tuple[BlockDevice, ...], request: dict[str, Any]
) -> None:
    tags = read_tags(request)
    instance.launch_time = world.clock.utcnow()
    instance.ena_support = True
    instance.security_groups = list_groups(instance)
    world.hide(instance.id, world.delays.instance_visible, world.delays.late_ids)
    instance.teardown_defaults()
    metadata_options.set_at_launch(instance, request, backend.amis[instance.image_id].imds_support)
    world.instances[instance.id].placement_group = (request.get("Placement") or {}).get("GroupName") or ""
    for device in devices:
        volume = volumes.create(backend, instance.availability_zone, device, tags.get("volume", {}))
        backend.attach_volume(volume.id, instance.id, device.device_name, device.delete_on_termination)
        volume.attachment.delete_on_termination = device.delete_on_termination
    for nic in instance.nics.values():
        nic.add_tags(tags.get("network-interface", {}))
        nic.delete_on_termination = _goes(request, int(nic.device_index or 0))
    if (request.get("InstanceMarketOptions") or {}).get("MarketType") == "spot":
        spot.fulfil(backend, instance, request, tags.get("spot-instances-request", {}))


def _goes(request: dict[str, Any], index: int) -> bool:
    """Return whether an interface goes with its instance: what is made at launch does, what was there stays.

    Source: "Network interface attributes", Amazon EC2 User Guide.
    """
    asked = (nic for nic in request.get("NetworkInterfaces") or [] if int(nic.get("DeviceIndex") or 0) == index)
    nic: dict[str, Any] = next(asked, {})
    return bool(nic.get("DeleteOnTermination", "NetworkInterfaceId" not in nic))


def _find_keyless(world: World, access_key: str, backend: Any, devices: tuple[BlockDevice, ...]) -> str:
    """Return why the volumes cannot be encrypted, or nothing."""
    keys = [kms.find_key_arn(backend, device.kms_key_id) for device in devices if device.encrypted]
    if None in keys:
        return "the KMS key of a volume does not exist or is not enabled"
    customers = [key for key in keys if key and not kms.is_default_key(backend, key)]
    told = (volume_keys.find_denied(world, access_key, backend.region_name, key) for key in customers)
    return next((f"the KMS key of a volume may not be used ({action})" for action in told if action), "")


def _end(world: World, instance: Any, why: str) -> None:
    lifecycle.set_state(instance, "pending")
    world.later(world.delays.pending, lambda: lifecycle.fail(instance, "Client.InternalError", why))


def _answer_again(earlier: Earlier) -> ActionResult:
    if not earlier.same:
        message = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
        raise refused("IdempotentParameterMismatch", message)
    return ActionResult(earlier.answer)
