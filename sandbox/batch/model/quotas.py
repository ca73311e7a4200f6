"""How many compute environments and job queues a region may have: the account's quotas.

Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
"""

from sandbox.batch.model.errors import refused
from sandbox.batch.model.records import Records
from sandbox.quotas import service
from sandbox.quotas.defaults import BATCH_ENVIRONMENTS, BATCH_QUEUES


def check_environments(records: Records) -> None:
    """Refuse a compute environment more than the quota."""
    _check(len(records.environments), BATCH_ENVIRONMENTS, records.region_name, "compute environments")


def check_queues(records: Records) -> None:
    """Refuse a job queue more than the quota."""
    _check(len(records.queues), BATCH_QUEUES, records.region_name, "job queues")


def _check(number: int, code: str, region: str, what: str) -> None:
    most = int(service.find_value("batch", code, region))
    if number >= most:
        raise refused(f"Limit exceeded: at most {most} {what} per region of an account")
