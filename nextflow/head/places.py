"""In which subnets a head node can be: those of its environment whose zone offers the instance type."""

from cloud.session import Cloud
from environments.model.inputs import Network
from images.plan.placement import Placement, Subnet, list_offered
from kiln.errors import UserError


def list_places(cloud: Cloud, network: Network, instance_type: str) -> list[Placement]:
    """List them by zone; raises UserError where no zone of the environment offers the type."""
    described = cloud.ec2.describe_subnets(SubnetIds=list(network.subnets))["Subnets"]
    subnets = [Subnet(subnet["SubnetId"], subnet["AvailabilityZone"], subnet["VpcId"]) for subnet in described]
    offered = {zone for _, zone in list_offered(cloud, [instance_type])}
    usable = sorted((subnet for subnet in subnets if subnet.zone in offered), key=lambda subnet: subnet.zone)
    if not usable:
        zones = ", ".join(sorted({subnet.zone for subnet in subnets}))
        raise UserError(
            f"no subnet of the environment can take {instance_type}",
            f"the zones {zones} do not offer it",
            "Name another --instance-type: t3.small, t2.micro.",
        )
    return [Placement(instance_type, subnet) for subnet in usable]
