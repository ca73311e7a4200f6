"""What the credentials may do, asked before it matters: by DryRun, with the real parameters."""

from cloud import tags
from cloud.session import Cloud
from images.builder import launch
from images.builder.access import Access
from images.plan.plan import Plan, allowed
from userdata.builder import HostKey

# DryRun looks at permissions and parameters; the key material is looked at only when it is really imported.
_SAMPLE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMZvRd4EtM7R+IHVMWmDkVU3VLQTSwQDSAvW0t2Tkj60 kiln-dry-run"


def may_build(cloud: Cloud, plan: Plan) -> None:
    """Ask for the calls that need no id made by the build; raises UserError naming the first that is denied."""
    own = launch.owner_tags(plan.spec.name, plan.build_id, plan.spec.builder.time_limit)
    access = Access("", _SAMPLE, HostKey("", ""))
    order = launch.Order(
        "builder", plan.base.id, plan.mappings, plan.placements, plan.spec.builder, plan.ssh_from, own, access
    )
    ec2 = cloud.ec2
    allowed(
        ec2.import_key_pair, KeyName=own["Name"], PublicKeyMaterial=_SAMPLE.encode(),
        TagSpecifications=tags.specifications(own, "key-pair"),
    )  # fmt: skip
    allowed(
        ec2.create_security_group, GroupName=own["Name"], Description="Kiln", VpcId=plan.vpc,
        TagSpecifications=tags.specifications(own, "security-group"),
    )  # fmt: skip
    request = launch.request_of(order, plan.placements[0], None, None)
    request.pop("ClientToken")  # a dry run must not spend the token of the real call
    allowed(ec2.run_instances, **request)


def builder_may(cloud: Cloud, instance: str, plan: Plan) -> None:
    """Ask, on the real instance right after launch, for what the build will do with it much later."""
    ec2 = cloud.ec2
    if plan.spec.builder.market != "spot":
        allowed(ec2.stop_instances, InstanceIds=[instance])
    own = launch.owner_tags(plan.spec.name, plan.build_id, plan.spec.builder.time_limit)
    made = tags.specifications(own, "image", "snapshot")
    allowed(ec2.create_image, InstanceId=instance, Name=plan.ami_name, TagSpecifications=made)
    allowed(ec2.terminate_instances, InstanceIds=[instance])
