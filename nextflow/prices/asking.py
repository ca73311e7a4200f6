"""Asks AWS for instance types and prices.

Sources: DescribeInstanceTypes and DescribeSpotPriceHistory, Amazon EC2 API Reference; GetProducts, AWS Price List API
Reference ("Using the AWS Price List Query API": it answers in us-east-1 for every region).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

from cloud import machine_images, tags
from cloud.looks import Looks
from cloud.pages import list_all, split
from cloud.session import Cloud
from environments.machines import instance_types, recorded
from environments.machines.families import list_families
from environments.machines.instance_types import InstanceType
from nextflow.prices.offers import Offers

_TYPES = 100  # of one call of DescribeSpotPriceHistory
_TERMS = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}


def ask(cloud: Cloud, names: Iterable[str], show: Callable[[str], None] = lambda _: None) -> Offers:
    """Ask for all sizes of the families behind these names; what may not be seen is left out and `why` says it.

    `show` is told of the type whose price is asked for. Raises botocore's errors where AWS cannot be reached.
    """
    # The first call is never tried again: without a network the answer is known at once.
    cloud.client_without_retries("sts").get_caller_identity()
    looks = Looks()
    families = {family for name in names for family in list_families(name)}
    types = looks.at(
        "instance types", dict[str, InstanceType](), lambda: dict(instance_types.describe(cloud, families))
    )
    usual = sorted(name for name in types if ".metal" not in name)
    prices = looks.at("prices", dict[str, float](), lambda: _ask_prices(cloud, usual, show))
    spot = looks.at("Spot prices", dict[str, float](), lambda: _ask_spot_prices(cloud, usual))
    registered = looks.at("what machines registered", dict[str, int](), lambda: _ask_registered(cloud))
    why = "; ".join(str(unchecked) for unchecked in looks.unchecked)
    return Offers(cloud.region, datetime.now(UTC), types, prices, spot, registered, why)


def _ask_prices(cloud: Cloud, types: Sequence[str], show: Callable[[str], None]) -> dict[str, float]:
    pricing = cloud.client("pricing", "us-east-1")
    prices = {}
    for name in types:
        show(name)
        fields = {"regionCode": cloud.region, "instanceType": name, **_TERMS}
        filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]
        products = list_all(pricing, "get_products", "PriceList", ServiceCode="AmazonEC2", Filters=filters)
        if price := read_price(json.loads(product) for product in products):
            prices[name] = price
    return prices


def read_price(products: Iterable[Mapping[str, Any]]) -> float | None:
    """Read US dollars an hour out of products of the price list; None where there is no such price."""
    for product in products:
        for term in product.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                price = float(dimension["pricePerUnit"].get("USD", 0))
                if price > 0:
                    return price
    return None


def _ask_spot_prices(cloud: Cloud, types: Sequence[str]) -> dict[str, float]:
    """Ask for the present prices; AWS Batch starts machines in every zone, so that their mean is what is paid."""
    by_type: defaultdict[str, list[float]] = defaultdict(list)
    for some in split(types, _TYPES):
        history = list_all(
            cloud.ec2, "describe_spot_price_history", "SpotPriceHistory", InstanceTypes=some,
            ProductDescriptions=["Linux/UNIX"], StartTime=datetime.now(UTC),
        )  # fmt: skip
        for entry in history:
            by_type[entry["InstanceType"]].append(float(entry["SpotPrice"]))
    return {name: fmean(prices) for name, prices in by_type.items()}


def _ask_registered(cloud: Cloud) -> dict[str, int]:
    images = machine_images.describe(cloud, Owners=["self"])
    return recorded.read_all(tags.as_dict(image.get("Tags")) for image in images)
