"""What lets Kiln reach its machine by SSH: a key pair and a security group; behind each of them, at once, its undo."""

from cloud import errors, tags, wait
from cloud.session import Cloud
from images.builder.order import Order
from kiln import signals
from kiln.undo import Undo


def make_key_pair(cloud: Cloud, undo: Undo, order: Order) -> str:
    """Import the public login key as an EC2 key pair; returns its name."""
    name = f"{order.boot.tags['Name']}-{order.purpose}"
    with signals.hold():
        cloud.ec2.import_key_pair(
            KeyName=name,
            PublicKeyMaterial=order.keys.public.encode(),
            TagSpecifications=tags.make_specifications(order.boot.tags, "key-pair"),
        )
        by_hand = f"aws ec2 delete-key-pair --key-name {name}"
        undo.push("key pair", lambda: cloud.ec2.delete_key_pair(KeyName=name), by_hand=by_hand)
    return name


def make_security_group(cloud: Cloud, undo: Undo, order: Order) -> str:
    """Create a security group that lets one address range reach port 22, and nothing else; returns its id."""
    with signals.hold():
        group = cloud.ec2.create_security_group(
            GroupName=f"{order.boot.tags['Name']}-{order.purpose}",
            Description="Kiln: SSH to one builder from one address",
            VpcId=order.boot.vpc,
            TagSpecifications=tags.make_specifications(order.boot.tags, "security-group"),
        )["GroupId"]
        undo.push(
            "security group",
            lambda: delete_group(cloud, group),
            by_hand=f"aws ec2 delete-security-group --group-id {group}",
        )
    if order.boot.ssh_from:
        kind, field = ("Ipv6Ranges", "CidrIpv6") if ":" in order.boot.ssh_from else ("IpRanges", "CidrIp")
        rule = {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            kind: [{field: order.boot.ssh_from, "Description": "Kiln"}],
        }
        cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return str(group)


def delete_group(cloud: Cloud, group: str) -> None:
    """Delete a security group; EC2 holds it as in use for some seconds after its last instance ended."""

    def gone() -> bool | None:
        try:
            cloud.ec2.delete_security_group(GroupId=group)
        except Exception as error:
            if errors.is_not_found(error):
                return True
            if errors.code(error) != "DependencyViolation":
                raise
            return None
        return True

    wait.until(gone, what=f"the deletion of security group {group}", timeout=180)
