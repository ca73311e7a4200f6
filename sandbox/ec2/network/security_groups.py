"""Laws of security groups: one in use stays, and port 22 of a machine answers only where its groups let it.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html (DependencyViolation,
CannotDelete)
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.records import list_instances
from sandbox.ec2.network.firewall import allows_ssh, list_groups
from sandbox.world.world import current


def refresh() -> None:
    """Tell the machines what their groups allow now."""
    hypervisor = current().hypervisor
    if hypervisor is None:
        return
    for instance in list_instances():
        if instance.state == "running":
            hypervisor.set_ssh_open(instance.id, allows_ssh(instance))


class SecurityGroups(EC2Response):
    def delete_security_group(self) -> ActionResult:
        backend = self.ec2_backend
        group = _find(backend, self._get_param("GroupId"), self._get_param("GroupName"))
        if group and group.name == "default":
            raise refused(
                "CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
            )
        if group and (_is_used(backend, group) or _is_referenced(backend, group)):
            raise refused("DependencyViolation", f"resource {group.id} has a dependent object")
        return super().delete_security_group()

    def authorize_security_group_ingress(self) -> ActionResult:
        result = super().authorize_security_group_ingress()
        refresh()
        return result

    def revoke_security_group_ingress(self) -> ActionResult:
        result = super().revoke_security_group_ingress()
        refresh()
        return result

    def modify_security_group_rules(self) -> ActionResult:
        result = super().modify_security_group_rules()
        refresh()
        return result


def _find(backend: Any, group_id: str | None, name: str | None) -> Any:
    if group_id:
        return backend.get_security_group_from_id(group_id)
    return backend.get_security_group_by_name_or_id(name) if name else None


def _is_used(backend: Any, group: Any) -> bool:
    instances = (instance for instance in backend.all_instances() if instance.state != "terminated")
    if any(group.id == used.id for instance in instances for used in list_groups(instance)):
        return True
    return any(group.id == used.id for nic in backend.enis.values() for used in nic.group_set)


def _is_referenced(backend: Any, group: Any) -> bool:
    others = [other for groups in backend.groups.values() for other in groups.values() if other.id != group.id]
    rules = (rule for other in others for rule in [*other.ingress_rules, *other.egress_rules])
    return any((rule.source_group or {}).get("GroupId") == group.id for rule in rules)
