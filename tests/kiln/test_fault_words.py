"""The words for wrong values, unknown keys and broken YAML: issue 11, section 3, its first and third points."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import ErrorType

from environments.spec.environment import EnvironmentSpec
from images.spec.image import ImageSpec
from kiln import yamlfile
from kiln.errors import Problem, UserError
from kiln.keys import faults
from kiln.models import Model
from launch_templates.spec import LaunchTemplateSpec

IMAGE = "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"
TEMPLATE = "name: small\nimage: x\ntask_credentials: job-role\n"
ENVIRONMENT = "name: e\nimage: x\nlaunch_template: x\ncompute_environments: {c: {TYPES}}\n"
ENVIRONMENT += "queues: {q: {compute_environments: [c]}}\n"


def told(model: type[BaseModel], text: str, folder: Path) -> str:
    path = folder / "x.yaml"
    path.write_text(text)
    with pytest.raises(Problem) as caught:
        yamlfile.load(path, model)
    [sentence] = caught.value.problems
    return sentence


def of_environment(more: str, folder: Path, types: str = "instance_types: [c5]") -> str:
    return told(EnvironmentSpec, ENVIRONMENT.replace("TYPES", types) + more, folder)


@pytest.mark.parametrize("kind", [kind for kind in get_args(ErrorType) if kind not in {"missing", "extra_forbidden"}])
def test_no_type_of_pydantics_faults_brings_its_own_words(kind: str) -> None:
    class Sizes(Model):
        size: int

    context: dict[str, Any] = dict.fromkeys(
        ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "actual_length"), 1
    )
    texts = ("field_type", "error", "expected", "pattern", "class_name", "class", "method_name", "discriminator", "tag",
             "expected_tags", "encoding", "encoding_error", "tz_expected", "expected_version", "expected_schemes",
             "attribute", "function", "max_digits", "decimal_places", "whole_digits", "expected_plural")  # fmt: skip
    context |= dict.fromkeys(texts, "secret words")
    try:
        fault = PydanticKnownError(kind, context)  # type: ignore[arg-type]
        words = fault.message()
    except (TypeError, KeyError, ValueError):
        words = f"words of {kind}"
    error = [{"type": kind, "loc": ("size",), "msg": words, "input": "x"}]

    class Faults:
        def errors(self, **_: Any) -> Any:
            return error

    file = faults.File({"size": "x"}, {("size",): 7}, {("size",): "x"})
    [sentence] = faults.describe(Faults(), Sizes, file)  # type: ignore[arg-type]
    if kind != "value_error":  # whose words are Kiln's
        assert sentence == "line 7, size: x does not fit. It takes a whole number, for example size: 1"


JOB = "job_definitions: {{align: {{memory: 1 GiB, attempts: 2, image: x, {}}}}}"
PULL = "job_definitions: {{align: {{memory: 1 GiB, image: {}}}}}"


@pytest.mark.parametrize(
    ("types", "guess"),
    [
        ("C5.xlarge", "write it in small letters: c5.xlarge"),
        ("c5.2xlage", "did you mean c5.2xlarge?"),
        ("m6i.16xlrge", "did you mean m6i.16xlarge?"),
        ("c5-2xlarge", "did you mean c5.2xlarge?"),
        ("c52xlarge", "did you mean c5.2xlarge?"),
        ("default-x86_64", "did you mean default_x86_64?"),
        ("default_x86-64", "did you mean default_x86_64?"),
        ("Optimal", "write it in small letters: optimal"),
        ("optimum", "did you mean optimal?"),
    ],
)
def test_an_instance_type_is_guessed_by_its_meaning(tmp_path: Path, types: str, guess: str) -> None:
    sentence = of_environment("", tmp_path, f"instance_types: [{types}]")
    assert sentence.startswith("line 4, the first of compute_environments.c.instance_types: ")
    assert f"{types} does not fit" in sentence
    assert guess in sentence


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("roles: {s3_read: ['s3://1000genomes/phase3']}", 'the first of roles.s3_read: "s3://1000genomes/phase3" does'),
        ("roles: {s3_read: ['s3://1000genomes/phase3']}", "leave out what stands around it: 1000genomes"),
        ("roles: {s3_read: ['arn:aws:s3:::giab']}", "the bucket's name alone, without s3:// and folders"),
        (
            "roles: {instance: 'arn:aws:iam::123456789012:role/path/machines'}",
            "leave out what stands around it: machines",
        ),
        ("roles: {permissions_boundary: boundary}", "It takes the ARN of a policy"),
        ("network: {subnets: [vpc-0123456789abcdef0]}", "it is the id of a VPC. It takes a subnet's id"),
        ("network: {subnets: [subnet_0123456789abcdef0]}", "write '-' where it has '_': subnet-0123456789abcdef0"),
        ("network: {subnets: [subnet-xyz]}", "behind subnet- an id has 8 or 17 of the signs 0-9 and a-f"),
        ("network: {vpc: subnet-0123456789abcdef0}", "it is the id of a subnet"),
        ("network: {security_groups: [subnet-0123456789abcdef0]}", "it is the id of a subnet"),
        ("ami: aim-0123456789abcdef0", "It takes latest, previous, ecs-optimized, an AMI's id"),
        ("ami: i-0123456789abcdef0", "it is the id of an instance"),
        ("ami: previuos", "did you mean previous?"),
        ("tags: {Owner: 0755, Team: no}", 'YAML reads it as false, put it in quotes: "no"'),
        ("task_credentials: job_role", "did you mean job-role?"),
        ("log_group: {retention: 30}", "write the unit behind it: 30 d"),
        (JOB.format("timeout: 3600"), "write the unit behind it: 3600 s"),
        (JOB.format("timeout: '7200'"), "write the unit behind it: 7200 s"),
        (JOB.format("timeout: 45"), "write the unit behind it: 45 min"),
        (JOB.format("retry_on: ['*terminated*']"), "leave out the '*' at its beginning: terminated*"),
        (JOB.format("retry_on: ['Host EC2 (i-1)*']"), 'retry_on: "Host EC2 (i-1)*" does not fit. It takes how the'),
        (JOB.format("user: 'root:'"), "leave out the ':' at its end: root."),
        (PULL.format("'docker://quay.io/a/b:1'"), "leave out docker://: quay.io/a/b:1. It takes a container"),
        (PULL.format("'Ubuntu:22.04'"), "small letters alone: ubuntu:22.04. It takes a container"),
    ],
)
def test_a_value_that_belongs_elsewhere_says_so(tmp_path: Path, more: str, words: str) -> None:
    assert words in of_environment(more + "\n", tmp_path)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("packages: ['docker-25*']", "does not fit. It takes a package's name"),
        ("packages: ['@Development Tools']", '"@Development Tools" does not fit. It takes'),
        ("packages: ['https://example.org/a.rpm']", '"https://example.org/a.rpm" does not fit. It takes'),
        ("container_images: ['{{ registry }}/a:1']", "does not fit. It takes an image's reference"),
        ("container_images: ['https://quay.io/a']", "leave out what stands around it: quay.io/a"),
    ],
)
def test_section_3_no_guess_is_better_than_one_that_nobody_meant(tmp_path: Path, more: str, words: str) -> None:
    assert words in told(ImageSpec, IMAGE + more + "\n", tmp_path)


@pytest.mark.parametrize(
    ("model", "text", "key", "words"),
    [
        (
            LaunchTemplateSpec,
            TEMPLATE,
            "instance_type",
            "AWS Batch takes types from the compute",
        ),
        (LaunchTemplateSpec, TEMPLATE, "InstanceType", "AWS Batch takes types from the compute environment"),
        (LaunchTemplateSpec, TEMPLATE, "ImageId", "write ami instead"),
        (LaunchTemplateSpec, TEMPLATE, "userData", "did you mean user_data?"),
        (LaunchTemplateSpec, TEMPLATE, "block_device_mappings", "volumes.root and volumes.data are the disks"),
        (LaunchTemplateSpec, TEMPLATE, "volume_size", "write volumes.root.size instead"),
        (ImageSpec, IMAGE, "source_ami", "write base.ami instead"),
        (ImageSpec, IMAGE, "provisioners", "packages, files and scripts say what is done"),
        (ImageSpec, IMAGE, "ssh_username", "write builder.user instead"),
        (ImageSpec, IMAGE, "time_limit", "builder.time_limit is known"),
        (ImageSpec, IMAGE, "packges", "did you mean packages?"),
        (EnvironmentSpec, ENVIRONMENT, "subnets", "write network.subnets instead"),
        (EnvironmentSpec, ENVIRONMENT, "securityGroups", "write network.security_groups instead"),
        (EnvironmentSpec, ENVIRONMENT, "max_vcpu", "write compute_environments.NAME.max_vcpus instead"),
        (EnvironmentSpec, ENVIRONMENT, "jobQueue", "write queues instead"),
        (EnvironmentSpec, ENVIRONMENT, "zzz", "unknown key. Known keys"),
    ],
)
def test_an_unknown_key_is_told_by_what_it_means_with_the_known_ones(
    tmp_path: Path, model: type[BaseModel], text: str, key: str, words: str
) -> None:
    sentence = told(model, text.replace("TYPES", "instance_types: [c5]") + f"{key}: x\n", tmp_path)
    assert f"{key}: unknown key" in sentence
    assert words in sentence
    assert f"Known keys: {', '.join(model.model_fields)}." in sentence


@pytest.mark.parametrize("key", ["vcpus", "maxvCpus", "max_vcpu", "MaxVcpus"])
def test_a_key_of_a_compute_environment_in_another_spelling(tmp_path: Path, key: str) -> None:
    sentence = of_environment("", tmp_path, f"{key}: 16")
    assert f"{key}: unknown key; did you mean" in sentence
    assert "Known here: market, " in sentence


@pytest.mark.parametrize(
    ("text", "why", "hint"),
    [
        ("a:\n\tb: c\n", "a tab stands there", "Write blanks instead"),
        ("a: b: c\n", "one ':' too many", "in quotes"),
        ("name: {{ env }}\n", "a key is a list", "Kiln fills in no templates"),
        ("subnet: !Ref Subnet\n", "tags such as !Ref", "Write the value itself"),
        ('a: "b\n', "a quotation mark is not closed", "Close the quotation mark"),
        ("a: @b\n", "a sign that YAML keeps for itself", "Put the value in quotes"),
        ("a: [b\n", "a bracket is not closed", "Close each ["),
        ("a: *b\n", "names no anchor", "Put a value that begins with * in quotes"),
        ("a: 1\n---\nb: 1\n", "a second document begins", "one definition per file"),
        ("a: 1\n  b: 2\n", "stands too far to the right", "begin in the same column"),
    ],
)
def test_what_is_no_yaml_is_told_in_kilns_words_with_a_remedy(tmp_path: Path, text: str, why: str, hint: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match="this is not YAML that Kiln reads") as caught:
        yamlfile.read(path)
    assert why in caught.value.why
    assert hint in caught.value.hint


def test_what_yaml_reads_otherwise_than_people_stays_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("mode: 0755\nday: 2026-01-01\ntime: 12:30\nmany: 1_000\nplain: 10\non: 1\n2: 3\n")
    assert yamlfile.read(path)[0] == {
        "mode": "0755", "day": "2026-01-01", "time": "12:30", "many": "1_000", "plain": 10, "on": 1, "2": 3,
    }  # fmt: skip


def test_a_secret_that_stands_at_the_wrong_place_is_not_shown(tmp_path: Path) -> None:
    job = "job_definitions: {j: {image: x, memory: 1 GiB, repository_credentials: [hunter2], secrets: {A: 987654}}}\n"
    path = tmp_path / "x.yaml"
    path.write_text(ENVIRONMENT.replace("TYPES", "market: spot") + job)
    with pytest.raises(Problem) as caught:
        yamlfile.load(path, EnvironmentSpec)
    assert "job_definitions.j.repository_credentials: what stands there does not fit" in caught.value.output
    assert "hunter2" not in caught.value.output
    assert "987654" not in caught.value.output


def test_the_faults_of_a_site_file_name_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from images.spec import definitions

    settings, image = tmp_path / "site.yaml", tmp_path / "image.yaml"
    settings.write_text("builder:\n  subnets: [vpc-0123456789abcdef0]\n")
    image.write_text(IMAGE)
    monkeypatch.setenv("KILN_SITE", str(settings))
    with pytest.raises(Problem, match=r"site\.yaml: 1 problem") as caught:
        definitions.load(str(image))
    assert "line 2, the first of builder.subnets: vpc-0123456789abcdef0 does not fit: it is the id of a VPC" in str(
        caught.value.output
    )


def test_a_fault_without_a_line_is_told_too() -> None:
    with pytest.raises(ValidationError) as caught:
        ImageSpec.model_validate({"name": "X"})
    assert faults.describe(caught.value, ImageSpec, faults.File({"name": "X"}, {}, {}))[0].startswith("name: ")
