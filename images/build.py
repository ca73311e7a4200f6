"""The build of an AMI. `build_ami` is its table of contents."""

from dataclasses import dataclass, field
from typing import Any

from cloud import tags
from cloud.session import Cloud
from images.acceptance import acceptance, manifest
from images.builder import footprint, imaging, machine, provisioning
from images.builder.keys import generate_keys
from images.builder.on_error import THE_AMI, OnError, keep_on_error
from images.builder.order import Order
from images.builder.permissions import check_builder_may
from images.plan import key
from images.plan.plan import Plan
from images.record.report import Report
from kiln import words
from kiln.undo import Undo


@dataclass(frozen=True)
class Options:
    """What becomes of the builder when the build fails, and whether the AMI is tested."""

    on_error: OnError = "cleanup"
    test: bool = True


@dataclass(frozen=True)
class Built:
    """What a build ended with. `image` is DescribeImages' entry, `status` tested or candidate."""

    ami: str
    status: str
    image: dict[str, Any]
    manifest: dict[str, Any] = field(default_factory=dict)


def build_ami(cloud: Cloud, plan: Plan, options: Options, report: Report) -> Built:
    """Build, test and tag an AMI as planned; on any failure or interrupt everything that was made is undone.

    Raises UserError for what a person can mend.
    """
    boot = plan.boot
    with Undo(report.undone) as unfinished:
        with Undo(report.undone) as temporary, keep_on_error(options.on_error, temporary, boot, report) as kept:
            keys = kept.keys = generate_keys(f"kiln-{boot.build_id}")
            order = Order(boot, "builder", plan.base.id, plan.mappings, keys)
            builder = kept.machine = machine.start(cloud, temporary, order, report)
            check_builder_may(cloud, builder.instance_id, plan)
            with machine.connect(cloud, builder, order, report) as remote:
                before = footprint.measure(remote)
                proofs = provisioning.provision(remote, boot.recipe, boot.builder_checks(), report)
                added = footprint.measure(remote).disk - before.disk
                identity = footprint.identify_builder(before.machine_id, builder, keys)
                provisioning.perform(remote, (), boot.recipe.sealing, report, "hygiene")
                footprint.remove_own_files(remote, boot.spec.builder.user, report)
            image = take_image(cloud, unfinished, plan, builder.instance_id, report)
            with report.step("end builder"):
                temporary.run_until(0)
        accepted = None
        if options.test:
            with keep_on_error(options.on_error, unfinished, boot, report, what=THE_AMI):
                accepted = acceptance.boot_and_check(cloud, boot, image, report, identity, on_error=options.on_error)
        status = finish(cloud, plan, image, tested=options.test)
        unfinished.forget()
    evidence = manifest.Evidence(builder, proofs, added, accepted)
    written = manifest.write(cloud, plan, image, status, report, evidence)
    return Built(image["ImageId"], status, image, written)


def take_image(cloud: Cloud, undo: Undo, plan: Plan, instance: str, report: Report) -> dict[str, Any]:
    """Stop the builder (unless Spot, which cannot be stopped), create the AMI and wait until it is available."""
    spec = plan.boot.spec
    spot = spec.builder.market == "spot"
    if not spot:
        with report.step("power off"):
            imaging.stop(cloud, instance)
    with report.step("image") as line:
        labels = {**plan.boot.tags} | make_image_tags(plan, "candidate") | {"Name": plan.ami_name}
        devices = [mapping["DeviceName"] for mapping in plan.mappings]
        description = spec.description or f"{spec.name}, built by Kiln from {plan.base.id}"
        ami = imaging.create(cloud, undo, instance, plan.ami_name, description, labels, devices, reboot=spot)
        line.live(ami)
        image = imaging.wait_available(cloud, ami, lambda text: line.live(f"{ami}  {text}"))
        line.note = f"{ami}  {words.count(len(imaging.list_snapshots(image)), 'snapshot')}"
    return image


def make_image_tags(plan: Plan, status: str) -> dict[str, str]:
    """The tags by which the AMI is known later: AWS is the database."""
    spec = plan.boot.spec
    return dict(spec.tags) | {
        tags.IMAGE: spec.name,
        tags.KEY: plan.boot.key,
        tags.BUILD: plan.boot.build_id,
        tags.BASE: plan.base.id,
        tags.INPUTS: key.as_tag(plan.inputs),
        tags.FAMILY: spec.family,
        tags.CARRIES: plan.carries,
        tags.DOCKER_STORAGE: plan.boot.spec.docker_storage.driver,
        tags.STATUS: status,
        **({} if plan.driver == "unknown" else {tags.GPU: plan.driver}),
    }


def finish(cloud: Cloud, plan: Plan, image: dict[str, Any], *, tested: bool) -> str:
    """Tag the AMI `tested`, let it live on (no expiry any more), and share it."""
    status = "tested" if tested else "candidate"
    ids = [image["ImageId"], *imaging.list_snapshots(image)]
    cloud.ec2.delete_tags(Resources=ids, Tags=[{"Key": tags.EXPIRES}])
    if tested:
        imaging.set_tags(cloud, ids, {tags.STATUS: status})
        imaging.share(cloud, image, plan.boot.spec.share.accounts)
    return status
