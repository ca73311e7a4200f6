"""The text of the configuration: what is decided stands in it, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from nextflow.config.groovy import quote, quote_selector, write_by_attempt, write_memory, write_time
from nextflow.config.write import configure, write_config
from nextflow.sizing.advice import ProcessAdvice
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.nextflow_machines import KNOWN, make_spec

ONE = {"a": {"instance_types": ("c5.2xlarge",)}}
SPOT = {"a": {"instance_types": ("c5.2xlarge",), "market": "spot"}}
STAR = ProcessAdvice("RNA:STAR", cpus=6, memory_mib=8000, excess_memory_mib=16000, time_seconds=600)


def write(spec: EnvironmentSpec, region: str = "eu-central-1", **more: Any) -> str:
    return write_config(spec, "123456789012", region, KNOWN, **more)


def lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines()}


def test_roles_of_other_partitions_and_given_ones() -> None:
    spec = definitions.load("salmon")
    assert "jobRole = 'arn:aws:iam::123456789012:role/salmon-job-role'" in lines(write(spec))
    assert "jobRole = 'arn:aws-cn:iam::123456789012:role/salmon-job-role'" in lines(write(spec, "cn-north-1"))
    assert "jobRole = 'arn:aws:iam::1:role/path/own'" in lines(write(spec, job_role="arn:aws:iam::1:role/path/own"))


def test_tasks_that_live_on_the_machines_role_have_no_job_role() -> None:
    assert "jobRole" not in write(definitions.load("genomics-2019"))


def test_a_bucket_with_a_key_of_its_own() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    text = write(make_spec(ONE, {"q": ["a"]}, buckets={"work": {"kms_key": key}}))
    assert {"storageEncryption = 'aws:kms'", f"storageKmsKeyId = '{key}'"} <= lines(text)
    assert "AES256" not in text


def test_sized_processes_have_blocks_of_their_own() -> None:
    text = write(definitions.load("salmon"), processes=[STAR])
    block = text[text.index("withName: 'RNA:STAR'") :].split("}\n        }")[0]
    assert lines(block) >= {
        "cpus = 6", "memory = { task.attempt > 1 ? 16000.MB : 8000.MB }", "time = { 10.min * task.attempt }",
    }  # fmt: skip
    assert "queue" not in block


def test_a_process_too_large_for_the_first_queue_goes_to_the_next_at_once() -> None:
    text = write(definitions.load("salmon"), processes=[ProcessAdvice("BIG", memory_mib=20000)])
    assert "queue = 'salmonExcess'" in lines(text)
    assert "memory = 20000.MB" in lines(text)


def test_a_later_attempt_asks_for_no_more_than_the_largest_machine_gives() -> None:
    text = write(definitions.load("salmon"), processes=[ProcessAdvice("A", memory_mib=20000, excess_memory_mib=40000)])
    assert "memory = { task.attempt > 1 ? 31100.MB : 20000.MB }" in lines(text)


def test_a_process_that_no_machine_holds_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        write(definitions.load("salmon"), processes=[ProcessAdvice("HUGE", memory_mib=200_000)])
    assert "HUGE" in refused.value.what
    assert "200000 MiB" in refused.value.why
    assert "31100 MiB" in refused.value.why


def test_spot_attempts_are_aws_batchs_own_only_where_nothing_changes_by_attempt() -> None:
    assert "maxSpotAttempts = 3" in lines(write(make_spec(SPOT, {"q": ["a"]})))
    assert "maxSpotAttempts = 5" in lines(write(make_spec(SPOT, {"q": ["a"]}, nextflow={"max_spot_attempts": 5})))
    assert "maxSpotAttempts = 0" in lines(write(make_spec(ONE, {"q": ["a"]})))
    assert "maxSpotAttempts = 0" in lines(write(definitions.load("genomics")))
    assert "maxSpotAttempts = 0" in lines(write(make_spec(SPOT, {"q": ["a"]}), processes=[STAR]))


@pytest.mark.parametrize(
    ("compute", "queues", "processes", "changing"),
    [
        ({"a": {"instance_types": ("c6i", "m6i"), "market": "spot"}}, {"q": ["a"]}, [], "memory"),
        ({**SPOT, "b": ONE["a"]}, {"q": ["a"], "r": ["b"]}, [], "queue"),
        (SPOT, {"q": ["a"]}, [STAR], "memory"),
    ],
)
def test_spot_attempts_that_nextflow_would_not_count_are_refused(
    compute: dict[str, Any], queues: dict[str, list[str]], processes: list[ProcessAdvice], changing: str
) -> None:
    spec = make_spec(compute, queues, nextflow={"max_spot_attempts": 2})
    with pytest.raises(UserError, match="max_spot_attempts: 2 cannot be used") as refused:
        write(spec, processes=processes)
    assert refused.value.why.startswith(f"{changing} ")


def test_an_environment_without_a_bucket_is_refused() -> None:
    with pytest.raises(UserError, match="lab has no bucket"):
        make_spec(ONE, {"q": ["a"]}, buckets={}).nextflow and write(make_spec(ONE, {"q": ["a"]}, buckets={}))


def test_a_limit_that_nobody_measured_is_called_computed() -> None:
    assert "computed (invoke measure-memory" in write(definitions.load("genomics"))
    assert "computed (invoke measure-memory" not in write(definitions.load("salmon"))
    measured = write(definitions.load("genomics"), registered={"r6i.32xlarge": 1_020_000})
    assert "memory: 1020000.MB" in measured
    assert "computed" not in measured


def test_values_and_closures_in_groovy() -> None:
    assert quote("a'b\\c\n$d") == r"'a\'b\\c\n$d'"
    assert [write_memory(15400), write_memory(8192)] == ["15400.MB", "8.GB"]
    assert [write_time(600), write_time(90)] == ["10.min", "90.s"]
    assert write_by_attempt(["1", "2", "2"]) == "{ task.attempt > 1 ? 2 : 1 }"
    assert write_by_attempt(["3", "3"]) == "3"
    assert write_by_attempt(["1", "2", "3"]) == "{ task.attempt > 2 ? 3 : task.attempt > 1 ? 2 : 1 }"


def test_it_knows_what_machines_registered_and_where_the_role_is(sandbox: Sandbox, tmp_path: Any) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    [compute] = tools.compute(sandbox).values()
    sandbox.client("ec2").create_tags(
        Resources=[tools.ami_of(compute)], Tags=[{"Key": "kiln:memory:c5", "Value": "2xlarge=15299"}]
    )
    text = configure(Cloud(), definitions.load(env))
    assert "memory = 15200.MB" in lines(text)
    assert "queue = 'small-low'" in lines(text)
    role = sandbox.client("iam").get_role(RoleName="small-job-role")["Role"]["Arn"]
    assert f"jobRole = '{role}'" in lines(text)


@pytest.mark.parametrize(
    ("agent", "memory"),
    [
        ("{reserved_memory: 32 MiB}", 15400),
        ("{reserved_memory: 2 GiB}", 13400),
        ("{settings: {ECS_RESERVED_MEMORY: 8 GiB}}", 7200),
    ],
)
def test_what_the_ecs_agent_reserves_tasks_do_not_ask_for(
    sandbox: Sandbox, tmp_path: Path, agent: str, memory: int
) -> None:
    own = f"{{name: own, ami: ecs/al2023, task_credentials: job-role, ecs_agent: {agent}}}"
    (tmp_path / "own.yaml").write_text(own)
    env = Path(tools.define(tmp_path))
    text = env.read_text().replace("launch_template: nextflow-al2023", "launch_template: own.yaml")
    env.write_text(f"{text}canary: {{cli: /opt/aws}}\n")
    assert f"memory = {memory}.MB" in lines(configure(Cloud(), definitions.load(str(env))))


@pytest.mark.parametrize(
    ("process", "written"),
    [
        ("RNA:STAR_2", "'RNA:STAR_2'"), ("1A pre-pare", "'1A pre-pare'"), ("cut (off", r"'cut \\(off'"),
        ("a.b|c", r"'a\\.b\\|c'"), ("!x*", r"'\\!x\\*'"), ("it's", r"'it\\\'s'"),
    ],
)  # fmt: skip
def test_a_name_is_no_regular_expression(process: str, written: str) -> None:
    """withName takes one; a bracket that nobody closes would end every run with the file."""
    assert quote_selector(process) == written
    text = write(make_spec(ONE, {"q": ["a"]}), processes=[ProcessAdvice(process, cpus=2)])
    assert f"withName: {written} {{" in lines(text)
