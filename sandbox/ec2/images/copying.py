"""Laws of CopyImage: a copy has snapshots of its own, encrypted where the original, the request or the region says so.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html (CopyImageTags, encryption)
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_ami_id

from sandbox.ec2.hardware import machines
from sandbox.ec2.images.image import Image
from sandbox.ec2.images.making import begin, check_name, finish, read_image_tags
from sandbox.ec2.model.errors import refused
from sandbox.ec2.volumes import encryption, snapshots
from sandbox.kms import keys
from sandbox.world.hypervisor import MachineError
from sandbox.world.world import ACCOUNT, World, current


class CopyImage(EC2Response):
    def copy_image(self) -> ActionResult:
        world, backend, request = current(), self.ec2_backend, dict(self.params)
        source = _find_source(request)
        check_name(backend, request.get("Name"))
        tags = read_image_tags(request)
        encrypt, key = bool(request.get("Encrypted")), request.get("KmsKeyId")
        if key and not encrypt:
            raise refused("InvalidParameterDependency", "KmsKeyId requires Encrypted to be set.")
        encrypt = encrypt or encryption.is_on(backend)
        image_id, copies, mappings = random_ami_id(), [], []
        for mapping in source.mappings:
            original = source.ec2_backend.snapshots.get(mapping["Ebs"].get("SnapshotId"))
            if original is None:
                mappings.append(mapping)
                continue
            text = f"Copied for DestinationAmi {image_id} from SourceAmi {source.id} for SourceSnapshot {original.id}."
            copy = snapshots.begin(backend, original.volume, text, tags.get("snapshot", {}))
            copy.encrypted = encrypt or original.encrypted
            copy.kms_key_id = keys.find_key_arn(backend, key or original.kms_key_id) if copy.encrypted else None
            copies.append((original, copy))
            changed = {"SnapshotId": copy.id, "Encrypted": copy.encrypted}
            mappings.append({**mapping, "Ebs": {**mapping["Ebs"], **changed}})
        image = begin(
            backend, image_id, request, mappings, architecture=source.architecture,
            root_device_name=source.root_device_name, source_image_id=source.id,
            source_image_region=source.ec2_backend.region_name,
        )  # fmt: skip
        if request.get("CopyImageTags"):
            copied = {tag["key"]: tag["value"] for tag in source.get_tags() if not tag["key"].startswith("aws:")}
            image.add_tags({**copied, **tags.get("image", {})})
        if world.hypervisor:
            world.queues.add("volumes", lambda: _duplicate(world, image, copies))
        else:
            snapshots.copy_by_clock(world, [copy for _, copy in copies], lambda error: finish(image, error))
        return ActionResult({"ImageId": image.id})


def _find_source(request: dict[str, Any]) -> Image:
    backend = ec2_backends[ACCOUNT][request["SourceRegion"]]
    image = backend.amis.get(request["SourceImageId"])
    if image is None or not current().is_visible(image.id):
        raise refused("InvalidAMIID.NotFound", f"The image id '[{request['SourceImageId']}]' does not exist")
    if image.state != "available":
        raise refused("InvalidAMIID.Unavailable", f"The image ID '{image.id}' is not available")
    assert isinstance(image, Image)
    return image


def _duplicate(world: World, image: Image, copies: list[tuple[Any, Any]]) -> None:
    """A copy of a snapshot, by way of a volume that is made from it and deleted again."""
    assert world.hypervisor is not None
    failure = None
    for original, copy in copies:
        scratch = copy.id.replace("snap-", "vol-")
        try:
            machines.import_stand_in(world, original.id, original.ec2_backend.region_name)
            world.hypervisor.create_volume(scratch, original.volume_size, original.id)
            world.hypervisor.snapshot(scratch, copy.id, copy.report)
            world.hypervisor.delete_volume(scratch)
            error = None
        except MachineError as trouble:
            error = failure = str(trouble)
        with world.lock:
            snapshots.finish(copy, error)
    with world.lock:
        finish(image, failure)
