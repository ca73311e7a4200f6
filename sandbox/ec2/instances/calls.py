"""The calls on an instance's life; the laws are in `sandbox.ec2.instances.lifecycle`.

DeleteOnTermination of a volume that is attached:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html (BlockDeviceMapping.N)
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import OperationDisableApiStopNotPermitted, OperationNotPermitted4
from moto.ec2.responses import EC2Response

from sandbox.ec2.hardware import machines
from sandbox.ec2.instances import lifecycle
from sandbox.ec2.model.errors import refused
from sandbox.ec2.network.security_groups import refresh
from sandbox.world.world import current

_WHEN_STOPPED = ("InstanceType", "UserData", "Kernel", "Ramdisk", "EbsOptimized")
# What every machine here has; Packer and its like ask for it on the builder that they have stopped.
_HAVE_ALL = {"EnaSupport": True, "SriovNetSupport": "simple"}
_SHUTDOWN = "InstanceInitiatedShutdownBehavior"


class InstanceCalls(EC2Response):
    def describe_instances(self) -> ActionResult:
        """Without those so new that AWS might not list them yet."""
        result = super().describe_instances()
        answer: Any = result.result
        for reservation in answer["Reservations"]:
            reservation.instances = [
                instance for instance in reservation.instances if current().is_visible(instance.id)
            ]
        answer["Reservations"] = [reservation for reservation in answer["Reservations"] if reservation.instances]
        return result

    def start_instances(self) -> ActionResult:
        return self._change("StartingInstances", lifecycle.start)

    def stop_instances(self) -> ActionResult:
        for instance in self._named():
            if instance.disable_api_stop:
                raise OperationDisableApiStopNotPermitted(instance.id)
        force = self._get_bool_param("Force", False)
        return self._change("StoppingInstances", lambda instance: lifecycle.stop(instance, force))

    def terminate_instances(self) -> ActionResult:
        for instance in self._named():
            if instance.disable_api_termination:
                raise OperationNotPermitted4(instance.id)
        return self._change("TerminatingInstances", lifecycle.terminate)

    def reboot_instances(self) -> ActionResult:
        for instance in self._named():
            if instance.state != "running":
                message = f"The instance '{instance.id}' is not in a state from which it can be rebooted."
                raise refused("IncorrectInstanceState", message)
            if current().hypervisor:
                machines.reboot(current(), instance.id)
        return EmptyResult()

    def modify_instance_attribute(self) -> ActionResult:
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        grants_all = any(dict.get(self.params, name, {}).get("Value") == value for name, value in _HAVE_ALL.items())
        running = instance.state != "stopped"
        if running and (grants_all or any(self._get_param(f"{name}.Value") for name in _WHEN_STOPPED)):
            message = f"The instance '{instance.id}' is not in the 'stopped' state."
            raise refused("IncorrectInstanceState", message)
        if grants_all:
            for name in _HAVE_ALL:
                self._get_param(f"{name}.Value")
            return EmptyResult()
        behaviour = self._get_param(f"{_SHUTDOWN}.Value")
        if behaviour:
            if behaviour not in ("stop", "terminate"):
                raise refused("InvalidParameterValue", f"Value ({behaviour}) for parameter is invalid.")
            instance.instance_initiated_shutdown_behavior = behaviour
            return EmptyResult()
        mappings = self._get_param("BlockDeviceMappings", [])
        if mappings:
            _keep_or_delete(self.ec2_backend, instance, mappings)
            return EmptyResult()
        result = super().modify_instance_attribute()
        refresh()
        return result

    def _named(self) -> list[Any]:
        ids = self._get_param("InstanceIds", [])
        found: list[Any] = self.ec2_backend.get_multi_instances_by_id(ids)
        return found

    def _change(self, key: str, act: Callable[[Any], None]) -> ActionResult:
        changes = []
        for instance in self._named():
            before = {"Code": instance.state_code, "Name": instance.state}
            act(instance)
            now = {"Code": instance.state_code, "Name": instance.state}
            changes.append({"InstanceId": instance.id, "PreviousState": before, "CurrentState": now})
        return ActionResult({key: changes})


def _keep_or_delete(backend: Any, instance: Any, mappings: list[dict[str, Any]]) -> None:
    """What becomes of attached volumes with their instance; the default of a mapping that does not say is deletion."""
    for mapping in mappings:
        name, ebs = mapping.get("DeviceName"), mapping.get("Ebs") or {}
        if name not in instance.block_device_mapping:
            raise refused("InvalidInstanceAttributeValue", f"No device is currently mapped at {name}")
        volume_id = instance.block_device_mapping[name].volume_id
        if ebs.get("VolumeId") not in (None, volume_id):
            raise refused("InvalidInstanceAttributeValue", f"{ebs['VolumeId']} is not mapped at {name}")
        delete = ebs.get("DeleteOnTermination") is not False
        instance.block_device_mapping[name].delete_on_termination = delete
        backend.get_volume(volume_id).attachment.delete_on_termination = delete
