"""The identity document of an instance and its signatures, below dynamic/instance-identity/.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html: `signature` (RSA) and the
PKCS7 files `rsa2048` and `pkcs7`, which hold the document, all in base64 without header lines. A stand-in: they are
signed with a key of this process, not AWS's, and `pkcs7` by RSA where AWS takes DSA.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from sandbox.ec2.model.instance_types import architectures

_OPTIONS = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
_UNUSED = ("billingProducts", "devpayProductCodes", "kernelId", "marketplaceProductCodes", "ramdiskId")


def list_leaves(instance: Any) -> dict[str, str]:
    """Return `document`, `signature`, `pkcs7` and `rsa2048`."""
    document = json.dumps(_make_document(instance), indent=2, sort_keys=True)
    return {"document": document, **sign(document)}


def _make_document(instance: Any) -> dict[str, Any]:
    return dict.fromkeys(_UNUSED) | {
        "accountId": instance.owner_id,
        "architecture": architectures(instance.instance_type)[-1],
        "availabilityZone": instance.availability_zone,
        "imageId": instance.image_id,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "pendingTime": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": instance.private_ip,
        "region": instance.region_name,
        "version": "2017-09-30",
    }


@lru_cache(maxsize=256)
def sign(document: str) -> dict[str, str]:
    """Return the signatures; the same document has the same."""
    key, certificate = _make_key()
    signature = key.sign(document.encode(), padding.PKCS1v15(), SHA256())
    builder = pkcs7.PKCS7SignatureBuilder().set_data(document.encode()).add_signer(certificate, key, SHA256())
    signed = _write_base64(builder.sign(Encoding.DER, _OPTIONS), 64)
    return {"signature": _write_base64(signature, 76), "pkcs7": signed, "rsa2048": signed}


@cache
def _make_key() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Stand-in of Kiln's sandbox for Amazon EC2")])
    begin = datetime.now(UTC) - timedelta(days=1)
    draft = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    draft = draft.serial_number(x509.random_serial_number()).not_valid_before(begin)
    return key, draft.not_valid_after(begin + timedelta(days=3650)).sign(key, SHA256())


def _write_base64(content: bytes, width: int) -> str:
    text = base64.b64encode(content).decode()
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))
