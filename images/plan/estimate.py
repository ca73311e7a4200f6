"""What a build will take: minutes from earlier builds, dollars from AWS's price list."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloud.pages import list_all
from cloud.session import Cloud

TYPICAL_MINUTES = 9.0  # two boots, a conda install and a snapshot, where no earlier build says better
_EBS = {"gp3": "gp3", "gp2": "gp2", "io1": "io1", "io2": "io2", "st1": "st1", "standard": "standard"}


@dataclass(frozen=True)
class Estimate:
    """`minutes` of one build; `dollars` for its machines and volumes; `monthly` for keeping the snapshot (at most)."""

    minutes: float
    dollars: float | None
    monthly: float | None


def expect_minutes(folder: Path) -> float:
    """Median minutes of the builds whose manifests lie under `folder`."""
    taken = []
    for path in sorted(folder.glob("*/manifest.json")):
        try:
            taken.append(float(json.loads(path.read_text())["seconds"]) / 60)
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(taken)[len(taken) // 2] if taken else TYPICAL_MINUTES


def estimate(cloud: Cloud, folder: Path, instance_type: str, mappings: list[dict[str, Any]]) -> Estimate:
    """An estimate; dollars are None where prices cannot be read (a missing permission must not stop a build)."""
    expected = expect_minutes(folder)
    hours = expected / 60
    try:
        machine = _price(cloud, instanceType=instance_type, operatingSystem="Linux", tenancy="Shared",
                         preInstalledSw="NA", capacitystatus="Used")  # fmt: skip
        disks = sum(
            m["Ebs"]["VolumeSize"] * _price(cloud, productFamily="Storage", volumeApiName=_EBS[m["Ebs"]["VolumeType"]])
            for m in mappings
        )
        snapshot = _price(cloud, usage="EBS:SnapshotUsage", productFamily="Storage Snapshot")
    except Exception:
        return Estimate(expected, None, None)
    kept = sum(m["Ebs"]["VolumeSize"] for m in mappings) * snapshot
    return Estimate(expected, hours * machine + 2 * hours * disks / 730, kept)


def _price(cloud: Cloud, *, usage: str = "", **attributes: str) -> float:
    """US dollars per unit (hour, or GB-month) of the first product with these attributes.

    `usage` is how its usage type ends: outside us-east-1 usage types begin with the region's abbreviation. The Price
    List API answers in us-east-1 for every region ("Using the AWS Price List Query API").
    """
    fields = {"regionCode": cloud.region, **attributes}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]
    pricing = cloud.client("pricing", "us-east-1")
    products = list_all(pricing, "get_products", "PriceList", ServiceCode="AmazonEC2", Filters=filters)
    for product in map(json.loads, products):
        if not product["product"]["attributes"].get("usagetype", "").endswith(usage):
            continue
        for term in product["terms"]["OnDemand"].values():
            for dimension in term["priceDimensions"].values():
                price = float(dimension["pricePerUnit"]["USD"])
                if price > 0:
                    return price
    raise LookupError(f"no price for {attributes}")
