import json
from typing import Any

import pytest

from sandbox.inprocess import Sandbox


def price(product: dict[str, Any]) -> tuple[str, float]:
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    return dimension["unit"], float(dimension["pricePerUnit"]["USD"])


def products(sandbox: Sandbox, **wanted: str) -> list[dict[str, Any]]:
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
    pages = sandbox.client("pricing").get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=filters)
    return [json.loads(entry) for page in pages for entry in page["PriceList"]]


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({"instanceType": "m6i.large", "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
          "capacitystatus": "Used", "regionCode": "us-east-1"}, ("Hrs", 0.096)),
        ({"productFamily": "Storage", "volumeApiName": "gp3", "regionCode": "eu-west-1"}, ("GB-Mo", 0.08)),
        ({"productFamily": "Storage Snapshot", "usagetype": "EBS:SnapshotUsage"}, ("GB-Mo", 0.05)),
    ],
)  # fmt: skip
def test_a_price_is_found(sandbox: Sandbox, wanted: dict[str, str], answer: tuple[str, float]) -> None:
    (product,) = products(sandbox, **wanted)
    assert price(product) == answer


def test_an_unknown_type_has_none(sandbox: Sandbox) -> None:
    assert products(sandbox, instanceType="m99.large") == []


def test_pages(sandbox: Sandbox) -> None:
    pricing = sandbox.client("pricing")
    first = pricing.get_products(ServiceCode="AmazonEC2", MaxResults=5)
    second = pricing.get_products(ServiceCode="AmazonEC2", MaxResults=5, NextToken=first["NextToken"])
    assert len(first["PriceList"]) == len(second["PriceList"]) == 5
    assert not set(first["PriceList"]) & set(second["PriceList"])
