"""The price list service, which moto lacks: GetProducts from the recorded table of `sandbox.pricing.prices`.

Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html: every
entry of PriceList is itself a JSON string; filters are TERM_MATCH, joined by AND, on product attributes.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.paging.cut import cut_page
from sandbox.paging.model import find_paging
from sandbox.pricing import prices
from sandbox.world.answers import Answer
from sandbox.world.request import Request


def answer(request: Request) -> Answer:
    """Carry out GetProducts; NotImplementedError for any other operation."""
    if request.operation != "GetProducts":
        raise NotImplementedError("of the price list, products alone")
    fields = {term["Field"]: term["Value"] for term in request.get("Filters") or []}
    region = fields.get("regionCode", "us-east-1")
    products = [json.dumps(product) for product in _list_products(region) if _matches(product, fields)]
    document: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": products}
    if paging := find_paging(request):
        page = cut_page(request, paging, document)
        document = {name: value for name, value in page.items() if value is not None}
    return Answer("200 OK", [("Content-Type", "application/x-amz-json-1.1")], json.dumps(document).encode())


def _matches(product: Mapping[str, Any], fields: Mapping[str, str]) -> bool:
    attributes = {**product["product"]["attributes"], "productFamily": product["product"]["productFamily"]}
    attributes["ServiceCode"] = product["serviceCode"]
    return all(str(attributes.get(name, "")).lower() == value.lower() for name, value in fields.items())


def _list_products(region: str) -> Iterator[Mapping[str, Any]]:
    for instance_type, price in prices.ON_DEMAND.items():
        attributes = {
            "instanceType": instance_type, "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
            "capacitystatus": "Used", "licenseModel": "No License required", "marketoption": "OnDemand",
            "operation": "RunInstances", "usagetype": f"BoxUsage:{instance_type}",
        }  # fmt: skip
        yield _make_product("Compute Instance", attributes, region, "Hrs", price)
    for kind, price in prices.VOLUMES.items():
        attributes = {"volumeApiName": kind, "usagetype": prices.VOLUME_USAGE[kind]}
        yield _make_product("Storage", attributes, region, "GB-Mo", price)
    snapshot = {"usagetype": "EBS:SnapshotUsage", "storageMedia": "Amazon S3"}
    yield _make_product("Storage Snapshot", snapshot, region, "GB-Mo", prices.SNAPSHOT)


def _make_product(family: str, attributes: dict[str, str], region: str, unit: str, price: float) -> Mapping[str, Any]:
    sku = (family[:4] + attributes["usagetype"]).upper().replace(":", "").replace(".", "").replace(" ", "")
    common = {"servicecode": "AmazonEC2", "regionCode": region, "locationType": "AWS Region"}
    rate = {"unit": unit, "pricePerUnit": {"USD": f"{price:.10f}"}, "rateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7"}
    term = {"priceDimensions": {rate["rateCode"]: rate}, "sku": sku, "offerTermCode": "JRTCKXETXF"}
    return {
        "product": {"productFamily": family, "attributes": {**attributes, **common}, "sku": sku},
        "serviceCode": "AmazonEC2",
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}},
        "version": "20261001000000",
        "publicationDate": "2026-10-01T00:00:00Z",
    }
