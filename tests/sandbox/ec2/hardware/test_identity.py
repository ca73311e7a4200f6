"""The identity document's signatures are signatures of it."""

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs7

from sandbox.ec2.hardware import identity
from sandbox.ec2.model.records import list_instances


@pytest.fixture
def told(running: Callable[..., str]) -> dict[str, str]:
    instance_id = running(InstanceType="c5.2xlarge")
    return identity.list_leaves(next(instance for instance in list_instances() if instance.id == instance_id))


def test_the_signature_is_of_the_document(told: dict[str, str]) -> None:
    (certificate,) = pkcs7.load_der_pkcs7_certificates(base64.b64decode(told["pkcs7"]))
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(told["signature"])
    key.verify(signature, told["document"].encode(), padding.PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        key.verify(signature, told["document"].replace("c5.2", "c5.4").encode(), padding.PKCS1v15(), SHA256())


def test_openssl_takes_the_pkcs7_files_for_what_they_are(told: dict[str, str], tmp_path: Path) -> None:
    for name in ("pkcs7", "rsa2048"):
        assert "-----" not in told[name]
        assert max(map(len, told[name].splitlines())) == 64
        file = tmp_path / name
        file.write_text(f"-----BEGIN PKCS7-----\n{told[name]}\n-----END PKCS7-----\n")
        verify = ["openssl", "smime", "-verify", "-in", str(file), "-inform", "PEM", "-noverify"]
        assert subprocess.run(verify, check=True, capture_output=True, text=True).stdout == told["document"]


def test_the_document_names_what_does_not_apply(told: dict[str, str]) -> None:
    document = json.loads(told["document"])
    assert document["instanceType"] == "c5.2xlarge"
    assert document["kernelId"] is document["marketplaceProductCodes"] is None
