"""Every seam with moto, in one list: nothing else in the sandbox replaces or inherits a part of moto.

`install` is done once to a process, when a sandbox starts, and refuses a moto whose parts are gone or are called
otherwise. The laws find the sandbox through `sandbox.world.world`.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import moto.backends
import moto.batch.urls
import moto.core.errors
import moto.core.responses
import moto.ec2.urls
import moto.ecr.urls
import moto.ecs.urls
import moto.iam.urls
import moto.kms.urls
import moto.logs.models
import moto.logs.urls
import moto.s3.responses
import moto.servicequotas.urls
import moto.ssm.urls
import moto.sts.urls
import moto.utilities.paginator
from moto.ec2.models import EC2Backend, elastic_network_interfaces
from moto.ec2.models.amis import AmiBackend
from moto.ec2.models.elastic_block_store import Volume
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.kms.models import KmsBackend
from moto.s3.models import S3Backend

from sandbox.batch.model.records import Records
from sandbox.batch.service import PATHS, Batch
from sandbox.ec2.images.amazon_linux import load_images
from sandbox.ec2.images.image import Image
from sandbox.ec2.instances.spot import SpotRequest
from sandbox.ec2.launch_templates import record
from sandbox.ec2.network.default_vpc import lead_out
from sandbox.ec2.service import Ec2
from sandbox.ec2.volumes.snapshots import Pending
from sandbox.ec2.volumes.volumes import status
from sandbox.ecr.service import Ecr
from sandbox.ecs.model import tables
from sandbox.ecs.service import Ecs
from sandbox.iam.service import Iam
from sandbox.iam.sts import Sts
from sandbox.kms.keys import mark_reserved_keys
from sandbox.kms.service import Kms
from sandbox.logs.service import Logs, tell_time
from sandbox.paging.cut import cut_first, give_all
from sandbox.quotas.service import ServiceQuotas
from sandbox.s3.bucket import Bucket
from sandbox.s3.copying import refuse_without_change
from sandbox.s3.service import S3
from sandbox.seams import one_session
from sandbox.seams.addresses import on_loopback
from sandbox.seams.once import remember, share
from sandbox.seams.parameters import take_parsed
from sandbox.seams.seam import Seam
from sandbox.seams.subclass import Subclass
from sandbox.ssm.service import Ssm


def answered_by(cls: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Let a class of the sandbox answer at the same paths, by the methods of the same names."""
    return lambda paths: {path: getattr(cls, dispatch.__name__) for path, dispatch in paths.items()}


def put(replacement: Any) -> Callable[[Any], Any]:
    """Take no notice of the original."""
    return lambda _: replacement


_LAWS = "requests meet AWS's laws first"
_COSTS = "it is found out anew at every request, though it never changes"

SEAMS: tuple[Seam, ...] = (
    one_session.SEAM,
    # Who answers.
    Seam(moto.batch.urls, "url_paths", put(dict.fromkeys(PATHS, Batch.dispatch)), "Batch is the sandbox's own"),
    Seam(moto.ec2.urls, "url_paths", answered_by(Ec2), _LAWS),
    Seam(moto.ecr.urls, "url_paths", answered_by(Ecr), "moto's images are made up"),
    Seam(moto.ecs.urls, "url_paths", answered_by(Ecs), "ECS is the sandbox's own"),
    Seam(moto.iam.urls, "url_paths", answered_by(Iam), _LAWS),
    Seam(moto.kms.urls, "url_paths", answered_by(Kms), "the door has parsed the request, and lists have pages"),
    Seam(moto.logs.urls, "url_paths", answered_by(Logs), "the door has parsed the request, and lists have pages"),
    # S3 loads its paths again and again, and takes the class from here.
    Seam(moto.s3.responses, "S3Response", put(S3), _LAWS),
    Seam(moto.servicequotas.urls, "url_paths", answered_by(ServiceQuotas), _LAWS),
    Seam(moto.ssm.urls, "url_paths", answered_by(Ssm), _LAWS),
    Seam(moto.sts.urls, "url_paths", answered_by(Sts), _LAWS),
    # What is asked.
    Seam(moto.core.responses.BaseResponse, "parse_parameters", take_parsed, "the door has parsed the request already"),
    # How much of it is given.
    Seam(moto.core.responses.BaseResponse, "serialized", cut_first, "moto gives whole lists, whatever is asked"),
    Seam(moto.utilities.paginator.Paginator, "paginate", give_all, "its pages would be cut a second time"),
    # What there is.
    Seam(AmiBackend, "_load_amis", put(load_images), "moto's images are from 2024 or made up"),
    Seam(EC2Backend, "create_default_vpc", lead_out, "moto's default VPC has no internet gateway"),
    Seam(KmsBackend, "_generate_default_keys", mark_reserved_keys, "moto's reserved keys pass for the customer's own"),
    Seam(LaunchTemplate, "create_version", put(record.create_version), "moto counts versions by their place in a list"),
    Seam(LaunchTemplate, "default_version", put(record.default_version), "moto takes it by its place in a list"),
    Seam(LaunchTemplate, "get_version", put(record.get_version), "moto knows no $Latest, and no error"),
    Seam(moto.logs.models, "utcnow", put(tell_time), "moto's logs go by this computer's clock"),
    Seam(S3Backend, "copy_object", refuse_without_change, "moto takes a bucket's encryption for a change of an object"),
    Seam(Volume, "status", put(property(status)), "moto knows no volume that is still being made"),
    Seam(elastic_network_interfaces, "random_public_ip", on_loopback, "moto's addresses are nobody's"),
    # What it costs.
    Seam(moto.backends, "list_of_moto_modules", remember, _COSTS),
    Seam(moto.core.errors, "ErrorLookupFactory", share, _COSTS),
    Seam(moto.core.responses, "method_names_from_class", remember, _COSTS),
)

_OF_RECORDS = ("arn", "find_definition", "find_queue", "find_tags", "of_queue", "tagged")
SUBCLASSES: tuple[Subclass, ...] = (
    Subclass(Batch, "moto's frame of a service: it parses and serialises by botocore's model"),
    Subclass(
        Ec2,
        _LAWS,
        adds=(
            "create_placement_group",
            "delete_launch_template_versions",
            "delete_placement_group",
            "describe_placement_groups",
            "disable_image_deprecation",
            "disable_image_deregistration_protection",
            "enable_image_deprecation",
            "enable_image_deregistration_protection",
            "get_ebs_default_kms_key_id",
            "reset_ebs_default_kms_key_id",
        ),
    ),
    Subclass(Ecr, "moto's images are made up"),
    Subclass(Ecs, "moto's frame of a service: it parses and serialises by botocore's model"),
    Subclass(
        Iam, _LAWS, adds=("refuse_change_of_awss_policy", "refuse_change_of_linked_role", "simulate_principal_policy")
    ),
    Subclass(Kms, "the door has parsed the request, and lists have pages"),
    Subclass(Logs, "the door has parsed the request, and lists have pages"),
    Subclass(S3, _LAWS),
    Subclass(ServiceQuotas, _LAWS),
    Subclass(Ssm, _LAWS),
    Subclass(Sts, _LAWS),
    Subclass(Bucket, "moto makes buckets as S3 did before 2023, and takes no notice of a policy's conditions"),
    Subclass(
        Image,
        "moto's makes a volume of its own, and has neither deprecation nor protection",
        ("is_deprecated", "snapshot_ids"),
    ),
    Subclass(Pending, "moto's snapshots are complete at once", ("report",)),
    Subclass(Records, "what moto empties with everything else", _OF_RECORDS),
    Subclass(tables.Records, "what moto empties with everything else", ("arn", "tell_instance", "tell_task")),
    Subclass(SpotRequest, "moto's launches an instance of its own"),
)


@cache
def install() -> None:
    """Put the sandbox in moto's place; SeamError where a part of moto is not as it was."""
    for subclass in SUBCLASSES:
        subclass.check()
    for seam in SEAMS:
        if seam is not one_session.SEAM:  # its moment is over
            seam.install()
