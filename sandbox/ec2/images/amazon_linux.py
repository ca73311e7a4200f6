"""Law: the images that the public parameters of Amazon Linux name exist. They are records, which no machine can boot.

Source: "Reference the latest AMIs using Systems Manager public parameters", Amazon EC2 User Guide. Ids and names are
those of the parameters that moto has recorded; images in S3 (instance store) and paravirtual ones are left out, for EC2
starts no new type of machine from them.
"""

from datetime import datetime
from functools import cache
from typing import Any

from moto.ec2.models.elastic_block_store import Snapshot
from moto.utilities.utils import load_resource

from sandbox.ec2.images.image import Image, Original, describe_ebs, load_stand_ins
from sandbox.ec2.model import stand_ins

_OWNER = "137112412989"
_CREATED = datetime(2026, 10, 1, 18, 0)
_OLD = ("-s3", "-pv-")


def load_images(self: Any) -> None:
    """Give an EC2 backend of moto's the images that the parameters of SSM name."""
    load_stand_ins(self)
    for image_id, name in _list_images(self.region_name).items():
        self.amis[image_id] = _make(self, image_id, name)


@cache
def _list_images(region: str) -> dict[str, str]:
    """Id → name; an image has several parameters, of which the longest name says the most."""
    try:
        parameters = load_resource(f"ssm/resources/ami-amazon-linux-latest/{region}.json")
    except FileNotFoundError:
        return {}
    names = {parameter["Name"].rpartition("/")[2]: str(parameter["Value"]) for parameter in parameters}
    by_length = sorted(names, key=lambda name: ("default" not in name, len(name)))
    return {names[name]: name for name in by_length if not any(old in name for old in _OLD)}


def _make(backend: Any, image_id: str, name: str) -> Image:
    volume = Original(8, "gp3" if name.startswith("al20") else "gp2")
    snapshot_id = image_id.replace("ami-", "snap-")
    description = f"Record of Amazon Linux ({name}), of Kiln's sandbox: no machine can boot it"
    snapshot = Snapshot(backend, snapshot_id, volume, description, owner_id=_OWNER)
    snapshot.start_time = _CREATED
    backend.snapshots[snapshot_id] = snapshot
    return Image(
        backend, image_id, name, [{"DeviceName": "/dev/xvda", "Ebs": describe_ebs(volume, snapshot_id, True)}],
        description=description, owner_id=_OWNER, owner_alias=stand_ins.ALIAS, public=True,
        architecture="arm64" if "arm64" in name else "x86_64", creation_date=_CREATED,
        imds_support="v2.0" if name.startswith("al20") else None,
    )  # fmt: skip
