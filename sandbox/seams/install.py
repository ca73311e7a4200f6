"""Puts the laws in moto's place. Done once to a process; the laws find the sandbox through `sandbox.world.world`."""

import itertools
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import moto.batch.urls
import moto.ec2.urls
import moto.ecs.urls
import moto.iam.urls
import moto.servicequotas.urls
import moto.ssm.urls
import moto.sts.urls
from moto.ec2.models import EC2Backend, elastic_network_interfaces
from moto.kms.models import KmsBackend
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

from sandbox.batch.model import account
from sandbox.batch.service import PATHS, Batch
from sandbox.ec2.images import image
from sandbox.ec2.launch_templates import record
from sandbox.ec2.network import default_vpc
from sandbox.ec2.service import Ec2
from sandbox.ec2.volumes import volumes
from sandbox.ecs.service import Ecs
from sandbox.iam import linked_roles
from sandbox.iam.service import Iam
from sandbox.iam.sts import Sts
from sandbox.kms import keys
from sandbox.quotas.service import ServiceQuotas
from sandbox.s3 import bucket_policies, bucket_tags, buckets
from sandbox.seams import found_once
from sandbox.ssm.service import Ssm

_ANSWERING: tuple[tuple[Any, Any], ...] = (
    (moto.ec2.urls, Ec2), (moto.iam.urls, Iam), (moto.ssm.urls, Ssm), (moto.sts.urls, Sts),
    (moto.servicequotas.urls, ServiceQuotas), (moto.ecs.urls, Ecs),
)  # fmt: skip


def _addresses() -> Iterator[str]:
    """Public addresses on loopback, 127.77.x.y; where to begin differs by process, so that two do not meet."""
    for block in itertools.count(os.getpid()):
        for host in range(1, 255):
            yield f"127.77.{block % 256}.{host}"


@cache
def install() -> None:
    for urls, response in _ANSWERING:
        _replace(urls, "url_paths", dict.fromkeys(urls.url_paths, response.dispatch))
    # Batch is the sandbox's own as a whole.
    _replace(moto.batch.urls, "url_paths", dict.fromkeys(PATHS, Batch.dispatch))
    linked_roles.USERS[account.SERVICE] = account.users_of_linked_role
    addresses = _addresses()
    _replace(elastic_network_interfaces, "random_public_ip", lambda: next(addresses))
    _replace(KmsBackend, "_generate_default_keys", keys.generate_default_keys)
    _replace(S3Backend, "create_bucket", buckets.create_bucket)
    _replace(FakeBucket, "get_permission", bucket_policies.get_permission)
    _replace(S3Response, "_bucket_response_put", bucket_tags.bucket_response_put)
    _replace(EC2Backend, "create_default_vpc", default_vpc.create_default_vpc)
    found_once.install()
    image.install()
    record.install()
    volumes.install()


def _replace(owner: Any, name: str, value: Any) -> None:
    """Set what must be there already: a moto that has renamed it is found out at once."""
    getattr(owner, name)
    setattr(owner, name, value)
