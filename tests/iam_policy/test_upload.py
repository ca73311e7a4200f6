"""Uploading under exactly the printed policy; and without each statement that is the upload's."""

import os
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cloud.policy import Scope
from cloud.session import Cloud
from environments.permissions.needs import needs as environments_need
from environments.spec import definitions
from nextflow import needs as nextflow_needs
from nextflow.upload import etags
from nextflow.upload.folder import upload_folder
from sandbox.inprocess import Sandbox
from tests.support.denied import Become

BUCKET = "salmon-123456789012-us-east-1"
SPECS, SCOPE = [definitions.load("salmon")], Scope("us-east-1", "123456789012")
UPLOADS = [permission for permission in nextflow_needs.needs(SPECS, SCOPE) if permission.sid.startswith("Upload")]
OTHERS = environments_need(SPECS, SCOPE)


@pytest.fixture
def folder(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(etags, "PART", 5 * etags.MIB)
    sandbox.client("s3").create_bucket(Bucket=BUCKET)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "large").write_bytes(os.urandom(6 * etags.MIB))
    return tmp_path / "in"


def test_the_policy_is_enough(become: Become, folder: Path) -> None:
    become([*OTHERS, *UPLOADS])
    upload_folder(Cloud().client("s3"), folder, BUCKET, "in")
    assert upload_folder(Cloud().client("s3"), folder, BUCKET, "in").progress.unchanged == 1


@pytest.mark.parametrize("missing", UPLOADS, ids=lambda permission: permission.sid)
def test_each_statement_is_missed(become: Become, folder: Path, missing: object) -> None:
    become([*OTHERS, *(permission for permission in UPLOADS if permission is not missing)])
    with pytest.raises(ClientError, match="AccessDenied"):
        upload_folder(Cloud().client("s3"), folder, BUCKET, "in")
