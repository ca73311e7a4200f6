"""What the credentials may do, asked before it matters: by DryRun, with the real parameters."""

from collections.abc import Callable
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from images.builder.keys import Keys
from images.builder.order import Order, make_request
from images.plan.plan import Plan
from userdata.builder import HostKey

# DryRun looks at permissions and parameters; the key material is looked at only when it is really imported.
_SAMPLE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMZvRd4EtM7R+IHVMWmDkVU3VLQTSwQDSAvW0t2Tkj60 kiln-dry-run"


def check_may_build(cloud: Cloud, plan: Plan) -> None:
    """Ask for the calls that need no id made by the build; raises UserError naming the first that is denied."""
    boot, ec2 = plan.boot, cloud.ec2
    order = Order(boot, "builder", plan.base.id, plan.mappings, Keys("", _SAMPLE, HostKey("", "")))
    dry_run(
        ec2.import_key_pair, KeyName=boot.tags["Name"], PublicKeyMaterial=_SAMPLE.encode(),
        TagSpecifications=tags.make_specifications(boot.tags, "key-pair"),
    )  # fmt: skip
    dry_run(
        ec2.create_security_group, GroupName=boot.tags["Name"], Description="Kiln", VpcId=boot.vpc,
        TagSpecifications=tags.make_specifications(boot.tags, "security-group"),
    )  # fmt: skip
    request = make_request(order, boot.placements[0], None, None)
    request.pop("ClientToken")  # a dry run must not spend the token of the real call
    dry_run(ec2.run_instances, **request)


def check_builder_may(cloud: Cloud, instance: str, plan: Plan) -> None:
    """Ask, on the real instance right after launch, for what the build will do with it much later."""
    ec2 = cloud.ec2
    if plan.boot.spec.builder.market != "spot":
        dry_run(ec2.stop_instances, InstanceIds=[instance])
    made = tags.make_specifications(plan.boot.tags, "image", "snapshot")
    dry_run(ec2.create_image, InstanceId=instance, Name=plan.ami_name, TagSpecifications=made)
    dry_run(ec2.terminate_instances, InstanceIds=[instance])


def dry_run(call: Callable[..., Any], **parameters: Any) -> None:
    """Ask AWS by DryRun whether a call would be allowed; raises UserError when it is not, or is faulty."""
    try:
        call(**parameters, DryRun=True)
    except Exception as error:
        if errors.code(error) == "DryRunOperation":
            return
        refusal = errors.translate(error)
        if refusal is None:
            raise
        raise refusal from error
    raise AssertionError("AWS answered a DryRun without DryRunOperation")
