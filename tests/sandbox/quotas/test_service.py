"""Quotas: told from the table, raised on request, and kept by Batch."""

from typing import Any

import pytest

from sandbox.inprocess import Sandbox

ENVIRONMENTS = {"ServiceCode": "batch", "QuotaCode": "L-144F0CA5"}
STANDARD = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"}


@pytest.fixture
def quotas(sandbox: Sandbox) -> Any:
    return sandbox.client("service-quotas")


def test_quotas_are_told(quotas: Any, refused: Any) -> None:
    found = quotas.get_service_quota(**STANDARD)["Quota"]
    assert found["QuotaName"] == "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
    assert (found["Value"], found["Adjustable"], found["GlobalQuota"]) == (640.0, True, False)
    names = [each["QuotaName"] for each in quotas.list_service_quotas(ServiceCode="batch")["Quotas"]]
    assert "Compute environment limit" in names
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="ec2", PaginationConfig={"PageSize": 4})
    assert [len(each["Quotas"]) for each in pages] == [4, 2]
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="batch", QuotaCode="L-00000000")
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="tea", QuotaCode="L-00000000")


def test_an_increase_is_granted_after_a_while(sandbox: Sandbox, quotas: Any, refused: Any) -> None:
    with refused("IllegalArgumentException"):
        quotas.request_service_quota_increase(**STANDARD, DesiredValue=100)
    asked = quotas.request_service_quota_increase(**STANDARD, DesiredValue=1000)["RequestedQuota"]
    assert (asked["Status"], asked["DesiredValue"]) == ("PENDING", 1000.0)
    assert quotas.get_service_quota(**STANDARD)["Quota"]["Value"] == 640.0
    sandbox.clock.advance(61)
    assert quotas.get_service_quota(**STANDARD)["Quota"]["Value"] == 1000.0
    assert quotas.get_aws_default_service_quota(**STANDARD)["Quota"]["Value"] == 640.0
    sandbox.reset()
    assert quotas.get_service_quota(**STANDARD)["Quota"]["Value"] == 640.0


def test_batch_keeps_to_them(sandbox: Sandbox, quotas: Any, refused: Any) -> None:
    batch = sandbox.client("batch")
    for number in range(50):
        batch.create_compute_environment(computeEnvironmentName=f"ce-{number}", type="UNMANAGED")
    with refused("ClientException"):
        batch.create_compute_environment(computeEnvironmentName="one-more", type="UNMANAGED")
    quotas.request_service_quota_increase(**ENVIRONMENTS, DesiredValue=51)
    sandbox.clock.advance(61)
    batch.create_compute_environment(computeEnvironmentName="one-more", type="UNMANAGED")
