"""Buckets that exist already, in another region or of another account: the plan says so."""

import pytest

from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered

OURS = "{work: {name: ours-1, existing: true}}"


@pytest.mark.parametrize("existing", ["", ", existing: true"])
def test_a_bucket_of_another_region_is_refused(
    sandbox: Sandbox, register: Register, define: Define, existing: str
) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    sandbox.client("s3", "eu-west-1").create_bucket(Bucket="ours-1", CreateBucketConfiguration=where)
    with pytest.raises(UserError, match="the bucket ours-1 is in eu-west-1") as refused:
        register(define(buckets=f"{{work: {{name: ours-1{existing}}}}}"), STOCK, plan=True)
    assert "--region eu-west-1" in refused.value.hint


def test_an_existing_bucket_of_the_account_passes(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    sandbox.client("s3").create_bucket(Bucket="ours-1")
    assert registered(define(buckets=OURS), STOCK, plan=True)["not_checked"] == []


def test_whether_another_accounts_bucket_lets_the_jobs_in_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    sandbox.client("s3").create_bucket(Bucket="ours-1")
    # The second look asks for a bucket of this account alone.
    sandbox.faults.add("HEAD /ours-1", "AccessDenied", status=403, after=1, times=None)
    told = registered(define(buckets=OURS), STOCK, plan=True)
    [unchecked] = told["not_checked"]
    assert unchecked["what"] == "whether the bucket ours-1 lets the roles of the jobs in"
    assert "another account's" in unchecked["why"]
