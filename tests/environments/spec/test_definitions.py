"""Environment definitions: the shipped ones, the reference, and everything that is refused, all at once."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln import yamlfile
from kiln.errors import Problem, UserError
from tests.support.reference import all_models

NAMES = ("genomics", "salmon", "genomics-2019", "reference")
LEAST: dict[str, Any] = {
    "name": "small", "image": "x", "launch_template": "x", "compute_environments": {"one": {}},
    "queues": {"one": {"compute_environments": ["one"]}},
}  # fmt: skip
JOB = {"image": "x", "memory": "1 GiB"}
OWN_ROLE = JOB | {"job_role": "job"}


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_definition_loads(name: str) -> None:
    assert definitions.load(name).name == name


def test_genomics_is_what_the_workshop_sets_up_with_what_is_better_now() -> None:
    spec = definitions.load("genomics")
    ondemand, spot = spec.compute_environments["ondemand"], spec.compute_environments["spot"]
    assert (ondemand.strategy, spot.strategy) == ("BEST_FIT_PROGRESSIVE", "SPOT_PRICE_CAPACITY_OPTIMIZED")
    for each, tag in ((ondemand, "batch-ondemand-worker"), (spot, "batch-spot-worker")):
        assert each.instance_types == ("optimal",)
        assert (each.min_vcpus, each.desired_vcpus, each.max_vcpus) == (0, 0, 256)
        assert each.tags == {"Name": tag}
    queues = {name: (each.priority, each.compute_environments) for name, each in spec.queues.items()}
    assert queues["default"] == (1, ("spot", "ondemand"))
    assert queues["highpriority"] == (100, ("ondemand", "spot"))
    assert queues["head"][1] == ("ondemand",)
    assert (spec.roles.service, spec.task_credentials) == ("service-linked", "job-role")
    assert spec.launch_template == "genomics-workflow-template"


def test_genomics_2019_is_the_workshop_to_the_letter() -> None:
    spec = definitions.load("genomics-2019")
    for each in spec.compute_environments.values():
        assert each.strategy == "BEST_FIT"
        assert (each.instance_types, each.min_vcpus, each.desired_vcpus) == (("optimal",), 0, 0)
    assert spec.compute_environments["spot"].needs_fleet_role
    assert not spec.compute_environments["ondemand"].needs_fleet_role
    roles = spec.roles
    assert (roles.service, roles.spot_fleet) == ("AWSBatchServiceRole", "AWSSpotFleetTaggingRole")
    assert (roles.instance, roles.profile) == ("ecsInstanceRole", "ecsInstanceRole")
    assert (roles.bucket_policy, roles.storage_policy) == ("bucket-access-policy", "ebs-autoscale-policy")
    assert roles.s3_read == "all"
    assert (spec.task_credentials, spec.job_role) == ("instance-role", None)
    queues = {name: (each.priority, each.compute_environments) for name, each in spec.queues.items()}
    assert queues == {"default": (1, ("spot", "ondemand")), "highpriority": (100, ("ondemand", "spot"))}


def test_salmon_has_one_type_for_each_queue() -> None:
    spec = definitions.load("salmon")
    types = {name: each.instance_types for name, each in spec.compute_environments.items()}
    assert types == {"salmonWorkload": ("c5.2xlarge",), "salmonExcess": ("c5.4xlarge",)}
    for each in spec.compute_environments.values():
        assert (each.market, each.min_vcpus, each.max_vcpus) == ("on-demand", 0, 100)
    assert {name: (each.priority, each.compute_environments) for name, each in spec.queues.items()} == {
        name: (1, (name,)) for name in types
    }


def problems(data: dict[str, Any]) -> str:
    with pytest.raises(Problem) as caught:
        yamlfile.validate(data, EnvironmentSpec, "here", None, definitions.REFERENCE)
    assert "environments/reference.yaml" in caught.value.hint
    return caught.value.output


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"queues": {"q": {"compute_environments": ["two"]}}}, "names compute environments that are not here: two"),
        ({"queues": {"q": {"compute_environments": ["a", "b", "c", "d"]}}}, "from 1 to 3"),
        ({"compute_environments": {"one": {"bid_percentage": 50}}}, "bid_percentage works only with market: spot"),
        ({"compute_environments": {"one": {"allocation_strategy": "SPOT_CAPACITY_OPTIMIZED"}}},
         "OPTIMIZED works only with market: spot"),
        ({"compute_environments": {"one": {"min_vcpus": 300}}}, "min_vcpus is above max_vcpus"),
        ({"compute_environments": {"one": {"desired_vcpus": 8}}}, "desired_vcpus starts at min_vcpus"),
        ({"compute_environments": {"one": {"tags": {"aws:x": "y"}}}}, "kiln: and aws: are reserved"),
        ({"buckets": {"input": {"existing": True}}}, "an existing bucket needs its name"),
        ({"buckets": {"work": {"expire_after": "36 h"}}}, "whole number of days"),
        ({"log_group": {"retention": "31 d"}}, "accepts these numbers of days"),
        ({"roles": {"job": "ecsInstanceRole"}}, "need different names"),
        ({"ami": "newest"}, "ami: "),
        ({"task_credentials": "instance-role", "job_definitions": {"j": OWN_ROLE}}, "no job role for j"),
        ({"job_definitions": {"j": {"image": "x", "memory": "1 MiB"}}}, "at least 4 MiB"),
        ({"job_definitions": {"j": JOB | {"environment": {"AWS_BATCH_X": ""}}}}, "itself"),
        ({"name": "a" * 25}, "name: "),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(more: dict[str, Any], told: str) -> None:
    assert told in problems(LEAST | more)


def test_all_problems_are_told_at_once() -> None:
    told = problems(LEAST | {"iam": "none", "ami": "newest", "nonsense": 1})
    assert told.count("\n") == 2
    assert "nonsense: unknown key" in told


def test_a_template_by_path_lies_beside_its_environment(tmp_path: Path) -> None:
    (tmp_path / "env.yaml").write_text(yaml.safe_dump(LEAST | {"launch_template": "mine/template.yaml"}))
    assert definitions.load(str(tmp_path / "env.yaml")).launch_template == str(tmp_path / "mine/template.yaml")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_file_however_broken_yields_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    path = tmp_path_factory.mktemp("yaml") / "env.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogatepass"))
    with pytest.raises(UserError):
        definitions.load(str(path))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
inner_keys = st.text(max_size=8) | st.sampled_from(
    sorted({key for part in all_models(EnvironmentSpec) for key in part.model_fields})
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(inner_keys, inner, max_size=3)
)
keys = st.sampled_from(sorted(EnvironmentSpec.model_fields))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keys, trees, max_size=8))
def test_no_value_under_a_known_key_yields_a_traceback(data: dict[str, object]) -> None:
    try:
        yamlfile.validate(LEAST | data, EnvironmentSpec, "here")
    except Problem as problem:
        assert problem.problems


def test_an_environment_is_named_by_its_definition_or_as_it_was_typed(tmp_path: Path) -> None:
    """What is to be destroyed may have no definition any more: AWS still has its tags."""
    path = tmp_path / "file.yaml"
    path.write_text(yaml.safe_dump(LEAST))
    assert definitions.name_of(str(path)) == "small"
    assert definitions.name_of("genomics") == "genomics"
    assert definitions.name_of("long-gone") == "long-gone"
    with pytest.raises(UserError):
        definitions.name_of(str(tmp_path / "none.yaml"))
