"""Laws of security groups: one in use stays, and port 22 of a machine answers only where its groups let it.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html (DependencyViolation,
CannotDelete), …/API_DescribeSecurityGroups.html (GroupNames: "[Default VPC]"),
…/API_AuthorizeSecurityGroupIngress.html (securityGroupRuleSet: "the … rules that were added", all of them)
"""

from collections.abc import Callable
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
    def describe_security_groups(self) -> ActionResult:
        """Refuse groups that there are not; moto names all that were asked for, as Python writes a set."""
        ids, names = self._get_param("GroupIds") or [], self._get_param("GroupNames") or []
        backend = self.ec2_backend
        for group_id in ids:
            if not any(group_id in groups for groups in backend.groups.values()):
                raise refused("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        default = backend.get_default_vpc() if names else None
        known = {group.name for group in backend.groups.get(default.id, {}).values()} if default else set()
        for name in names:
            if default and name not in known:
                place = f"in default VPC '{default.id}'"
                raise refused("InvalidGroup.NotFound", f"The security group '{name}' does not exist {place}")
        return super().describe_security_groups()

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
        result = self._authorize(self.ec2_backend.authorize_security_group_ingress)
        refresh()
        return result

    def authorize_security_group_egress(self) -> ActionResult:
        return self._authorize(self.ec2_backend.authorize_security_group_egress)

    def _authorize(self, add: Callable[..., Any]) -> ActionResult:
        """Add rules, and tell them all; moto tells those of the last permission."""
        self.error_on_dryrun()
        rules = [rule for asked in self._process_rules_from_querystring() for rule in add(**asked)[0]]
        return ActionResult({"Return": True, "SecurityGroupRules": rules})

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
