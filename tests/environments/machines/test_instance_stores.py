"""A type without NVMe disks under Docker's storage on an instance store: refused when it is planned."""

from dataclasses import replace

import pytest

from cloud import tags
from environments.machines.instance_stores import refuse_missing
from environments.machines.instance_types import InstanceType, _count_stores
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from launch_templates.spec import LaunchTemplateSpec
from tests.support.inputs import CHOSEN

KNOWN = {
    name: InstanceType(name, 8, 16384, ("x86_64",), stores=stores)
    for name, stores in {
        "c5.2xlarge": 0,
        "c5d.2xlarge": 1,
        "m5d.12xlarge": 2,
        "g4dn.metal": 2,
        "g4dn.xlarge": 0,
    }.items()
}
IMAGE = CHOSEN.image
ON_STORE = replace(IMAGE, tags={tags.DOCKER_STORAGE: "instance-store"})


def template(**storage: str) -> LaunchTemplateSpec:
    raw = {"name": "on-disks", "ami": "ami-0123456789abcdef0", "task_credentials": "job-role"}
    return LaunchTemplateSpec.model_validate(raw | ({"docker_storage": storage} if storage else {}))


def environment(*types: str) -> EnvironmentSpec:
    spec = definitions.load("salmon")
    compute = {
        name: one.model_copy(update={"instance_types": types}) for name, one in spec.compute_environments.items()
    }
    return spec.model_copy(update={"compute_environments": compute})


@pytest.mark.parametrize(
    ("types", "without"),
    [
        (("c5.2xlarge",), "c5.2xlarge has none"),
        (("c5d.2xlarge", "c5"), "c5 has none"),
        (("optimal",), "optimal has none"),
        (("g4dn", "c5.2xlarge", "c5d"), "g4dn, c5.2xlarge have none"),
    ],
)
def test_a_type_without_one_is_refused_by_its_name(types: tuple[str, ...], without: str) -> None:
    with pytest.raises(UserError, match="may start machines without an instance store") as refused:
        refuse_missing(environment(*types), template(driver="instance-store"), IMAGE, KNOWN)
    assert without in refused.value.why
    assert "the launch template on-disks" in refused.value.why
    with pytest.raises(UserError) as refused:
        refuse_missing(environment(*types), template(), ON_STORE, KNOWN)
    assert f"the AMI {IMAGE.id} keeps Docker's storage" in refused.value.why


@pytest.mark.parametrize("types", [("c5d.2xlarge",), ("c5d", "m5d"), ("m5d.12xlarge",)])
def test_types_that_have_one_pass(types: tuple[str, ...]) -> None:
    refuse_missing(environment(*types), template(driver="instance-store"), IMAGE, KNOWN)


def test_other_storage_needs_none_and_a_launch_template_s_own_goes_before_the_ami_s() -> None:
    refuse_missing(environment("c5.2xlarge"), template(driver="overlay2"), ON_STORE, KNOWN)
    refuse_missing(environment("c5.2xlarge"), template(), IMAGE, KNOWN)


def test_the_disks_that_count_are_nvme_ones() -> None:
    disks = [{"SizeInGB": 80, "Count": 2, "Type": "ssd"}]
    assert _count_stores({"Disks": disks, "NvmeSupport": "required"}) == 2
    assert _count_stores({"Disks": disks, "NvmeSupport": "unsupported"}) == 0  # c3: Xen's own devices
    assert _count_stores({}) == 0
