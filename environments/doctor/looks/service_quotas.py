"""Looks at Service Quotas: how many vCPUs the account may run."""

from collections.abc import Mapping, Sequence

from cloud import errors
from cloud.session import Cloud
from environments.doctor.facts.compute_environments import Described
from environments.doctor.facts.quota_codes import codes_of


def describe_quotas(cloud: Cloud, environments: Sequence[Described]) -> Mapping[str, float]:
    """Describe the quotas, quota code → vCPUs, of the kinds of instances that the compute environments allow."""
    client = cloud.client("service-quotas")
    quotas = {}
    for code in sorted({code for environment in environments for code in codes_of(environment)}):
        query = {"ServiceCode": "ec2", "QuotaCode": code}
        if answer := errors.or_none(client.get_service_quota, "NoSuchResourceException", **query):
            quotas[code] = float(answer["Quota"]["Value"])
    return quotas
