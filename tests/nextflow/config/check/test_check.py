"""`invoke nextflow-config --check`: what a pipeline asks for against the machines of an environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import Exit, UserError
from nextflow.config.check import command
from sandbox.inprocess import Sandbox

CONFIG = """\
workDir = 's3://bucket/work'
aws.region = 'us-east-1'
process.executor = 'awsbatch'
process.maxRetries = 1
process.memory = '4 GB'
"""
TRACE = "name\tattempt\tcpus\tmemory\tqueue\tstatus\nSTAR (1)\t1\t{cpus}\t{memory}\tlong\tCOMPLETED\n"


def test_what_fits(check: Any) -> None:
    shown = check(CONFIG)
    assert "✓ every process" in shown
    assert "attempt 1: 1 vCPU, 4096 MiB on salmonWorkload: fits" in shown
    assert "attempt 2: 1 vCPU, 4096 MiB on salmonExcess: fits" in shown
    assert shown.endswith("nothing would wait for ever\n")


def test_what_would_wait_for_ever_with_its_remedy(check: Any) -> None:
    shown = check(CONFIG + "process.'withName:STAR'.memory = '16 GB'\n", code=Exit.SOMETHING_TO_DO)
    assert "✗ withName: STAR" in shown
    assert "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB" in shown
    assert "ask for 15400 MiB or less" in shown
    assert "or send it to salmonExcess" in shown
    assert "attempt 2: 1 vCPU, 16384 MiB on salmonExcess: fits" in shown
    assert shown.endswith("would wait for ever: withName: STAR\n")


def test_what_no_machine_of_the_environment_holds(check: Any) -> None:
    shown = check(CONFIG + "process.'withName:HUGE'.cpus = 1000\n", code=Exit.SOMETHING_TO_DO)
    assert "1000 vCPUs" in shown
    assert "send it to" not in shown


def test_the_seeds_first_configuration_waits_for_ever(check: Any) -> None:
    """16 GB on machines that have 16 GB: the 2019 guide's own mistake."""
    naive = (
        "process.queue = { task.attempt > 1 ? 'salmonExcess' : 'salmonWorkload' }\n"
        "process.memory = { task.attempt > 1 ? 32.GB : 16.GB }\n"
        "process.cpus = { task.attempt > 1 ? 16 : 8 }\n"
    )
    assert check(naive, code=Exit.SOMETHING_TO_DO).count("would wait for ever\n") == 2
    assert "nothing would wait for ever" in check(naive.replace("16.GB", "15400.MB").replace("32.GB", "31100.MB"))


def test_queues_that_are_not_there_and_executors_of_others(check: Any) -> None:
    own = "process.'withName:Q'.queue = 'long'\nprocess.'withName:L'.executor = 'local'\n"
    shown = check(CONFIG + own, code=Exit.SOMETHING_TO_DO)
    assert "the environment has no queue long" in shown
    assert "would be refused: withName: Q" in shown
    assert "the executor local runs it" in shown


def test_what_only_the_run_can_tell_is_no_finding(check: Any) -> None:
    shown = check(CONFIG + "process.'withName:DYN'.memory = { meta.size * 2.GB }\n")
    assert "not known before it runs (memory: meta.size)" in shown
    assert shown.endswith("nothing of what is known before the run would wait for ever\n")


def test_a_memory_that_is_printed_rounded_is_not_told_to_wait(check: Any) -> None:
    assert "printed rounded" in check("process.queue = 'salmonWorkload'\nprocess.memory = '15.1 GB'\n")
    assert "would wait" in check("process.queue = 'salmonWorkload'\nprocess.memory = '15.2 GB'\n", code=2)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("aws.batch.maxSpotAttempts = 5\nprocess.queue = { task.attempt > 1 ? 'salmonExcess' : 'salmonWorkload' }\n",
         "aws.batch.maxSpotAttempts = 5 beside process.queue by task.attempt"),
        ("workDir = '/scratch/work'\n", "workDir is /scratch/work"),
    ],
)  # fmt: skip
def test_what_does_not_work_as_a_whole(check: Any, more: str, what: str) -> None:
    assert f"! {what}" in check(CONFIG + more, code=Exit.SOMETHING_TO_DO)


def test_awsbatch_without_the_scope_aws(check: Any) -> None:
    shown = check(CONFIG.replace("aws.region = 'us-east-1'\n", ""), code=Exit.SOMETHING_TO_DO)
    assert "no option of the scope aws" in shown


def test_a_trace_of_a_cluster(check: Any) -> None:
    """Its queues are the cluster's: those of the configuration count."""
    assert "attempt 1: 8 vCPUs, 8192 MiB on salmonWorkload: fits" in check(TRACE.format(cpus=8, memory="8 GB"))
    shown = check(TRACE.format(cpus=12, memory="8 GB"), code=Exit.SOMETHING_TO_DO)
    assert "it asks for 12 vCPUs; c5.2xlarge has 8" in shown
    assert "unknown memory" in check(TRACE.format(cpus=8, memory="-"))


def test_as_a_document(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "f").write_text("process.cpus = 100\nprocess.maxRetries = 0\n")
    assert command.check(str(file), "salmon", None, as_json=True) == Exit.SOMETHING_TO_DO
    document = json.loads(capsys.readouterr().out)
    assert document["fits"] is False
    # Nextflow tries again once: 0 is no number to it.
    assert [(row["verdict"], row["vcpus"], row["queue"]) for row in document["processes"]] == [
        ("waits for ever", 100, "salmonWorkload"), ("waits for ever", 100, "salmonExcess"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "is empty"),
        ("hello\n", "is neither a resolved configuration nor a trace"),
        (b"\x00\x01\x02" * 100, "is neither a resolved configuration nor a trace"),
        ("name\tstatus\tcpus\n", "has no tasks"),
        ("process.cpus = 1\nprocess {\n", "is no resolved configuration"),
        ("process.cpus = {\n", "breaks off"),
    ],
    ids=["empty", "words", "binary", "only column names", "a source", "truncated"],
)
def test_files_that_are_neither(check: Any, content: str | bytes, what: str) -> None:
    with pytest.raises(UserError, match=what) as refused:
        check(content)
    assert refused.value.hint


def test_a_file_that_is_not_there_and_an_environment_that_is_not(check: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        command.check(str(tmp_path / "missing"), "salmon", None, as_json=False)
    with pytest.raises(UserError, match="there is no environment definition nothere"):
        check(CONFIG, env="nothere")


@pytest.mark.parametrize(
    ("value", "gpus"),
    [("2", 2), ("{ 2 * task.attempt }", 2), ("[request:2, type:'nvidia']", 2), ("[limit:2]", 2),
     ("{ [limit: 4, request: 2] }", 2)],
)  # fmt: skip
def test_accelerators_in_every_form(check: Any, value: str, gpus: int) -> None:
    """Source: nextflow.executor.res.AcceleratorResource; AWS Batch is asked for what is requested."""
    shown = check(CONFIG + f"process.'withName:NN'.accelerator = {value}\n", code=Exit.SOMETHING_TO_DO)
    assert f"attempt 1: 1 vCPU, 4096 MiB, {gpus} GPUs on salmonWorkload: would wait for ever" in shown


def test_what_a_trace_tells_of_accelerators(check: Any) -> None:
    text = "name\tstatus\tcpus\tmemory\taccelerator\nNN (1)\tCOMPLETED\t4\t8 GB\t1\nA\tCOMPLETED\t4\t8 GB\t-\n"
    shown = check(text, code=Exit.SOMETHING_TO_DO)
    assert "attempt 1: 4 vCPUs, 8192 MiB, 1 GPU on salmonWorkload: would wait for ever" in shown
    assert "✓ A" in shown


@pytest.mark.parametrize("value", ["'16gb'", "'16 GiB'", "'1.5'", "'1e3 MB'", "{ task.attempt > 1 ? '8 Gb' : '8gb' }"])
def test_a_text_that_nextflow_takes_for_no_amount(check: Any, value: str) -> None:
    """Seen with Nextflow 24.10: "Not a valid 'memory' value in process definition", and the run ends."""
    shown = check(CONFIG + f"process.'withName:P'.memory = {value}\n", code=Exit.SOMETHING_TO_DO)
    assert "on salmonWorkload: would be refused" in shown
    assert "Not a valid 'memory' value in process definition" in shown
    assert "memory = '16 GB'" in shown


@pytest.mark.parametrize("value", ["'16 g'", "'16. GB'", "' 16 GB '", "'16 gB'", "16.gb", "{ 16.gb }", "'17179869184'"])
def test_what_nextflow_does_take_for_an_amount(check: Any, value: str) -> None:
    shown = check(CONFIG + f"process.'withName:P'.memory = {value}\n", code=Exit.SOMETHING_TO_DO)
    assert "attempt 2: 1 vCPU, 16384 MiB on salmonExcess: fits" in shown


def test_a_part_of_a_cpu_is_cut_off_as_nextflow_does(check: Any) -> None:
    shown = check(CONFIG + "process.cpus = { 2.9 * task.attempt }\n")
    assert "attempt 1: 2 vCPUs" in shown
    assert "attempt 2: 5 vCPUs" in shown


def test_memory_below_what_aws_batch_takes_is_left_to_the_job_definition(check: Any) -> None:
    """`memory = 8` are 8 bytes."""
    assert "attempt 1: 1 vCPU, 1024 MiB" in check(CONFIG + "process.memory = 8\n")


CLOSED = """\
name: closed
image: nextflow-al2023
launch_template: nextflow-al2023
buckets: {work: {}}
compute_environments:
  small: {instance_types: [c5.2xlarge], state: disabled}
  large: {instance_types: [c5.4xlarge]}
queues:
  empty: {compute_environments: [small]}
  shut: {compute_environments: [large], state: disabled}
  both: {compute_environments: [small, large]}
"""


def test_queues_that_take_no_job_or_start_no_machine(check: Any, tmp_path: Path) -> None:
    """Sources: AWS Batch API Reference, CreateJobQueue and CreateComputeEnvironment, `state`."""
    env = tmp_path / "closed.yaml"
    env.write_text(CLOSED)
    config = "process.maxRetries = 0\nprocess.memory = '20 GB'\n"
    queues = "".join(f"process.'withName:{name.upper()}'.queue = '{name}'\n" for name in ("empty", "shut", "both"))
    shown = check(config + queues, env=str(env), code=Exit.SOMETHING_TO_DO)
    assert "attempt 1: 1 vCPU, 20480 MiB on both: fits" in shown
    assert "on empty: would wait for ever\n      none of its compute environments is enabled" in shown
    assert "or send it to both" in shown
    assert "on shut: would be refused\n      the queue shut is disabled" in shown


@pytest.mark.parametrize(
    "before",
    ["\ufeff", "Checking nf-core/rnaseq ...\nPulling nf-core/rnaseq ...\n downloaded from https://github.com/x.git\n\n",
     "Picked up JAVA_TOOL_OPTIONS: -Xmx2g\n"],
)  # fmt: skip
def test_what_else_is_printed_before_the_options(check: Any, before: str) -> None:
    assert "✓ every process" in check(before + CONFIG)


@pytest.mark.parametrize("name", ["'AWSBatch'", "'AWSBATCH'"])
def test_the_executor_is_aws_batch_in_any_case(check: Any, name: str) -> None:
    """Source: nextflow.executor.ExecutorFactory.getExecutorClass, which looks for the name in lower case."""
    config = f"process.executor = {name}\nprocess.cpus = 1000\n"
    assert "no option of the scope aws is set" in check(config, code=Exit.SOMETHING_TO_DO)
    assert "would wait for ever: every process" in check(config + "aws.region = 'x'\n", code=Exit.SOMETHING_TO_DO)


def test_numbers_that_stand_there_as_texts_or_ask_for_nothing(check: Any) -> None:
    shown = check("process.maxRetries = '3'\nprocess.cpus = { task.attempt * 4 }\n")
    assert "attempt 4: 16 vCPUs" in shown
    assert "attempt 1: 1 vCPU," in check("process.cpus = 0\n")


def test_memory_that_is_printed_rounded_is_about_that(check: Any) -> None:
    """`5000.MB` is printed as '4.9 GB'."""
    assert "1 vCPU, about 5017 MiB on salmonWorkload: fits" in check(CONFIG + "process.memory = '4.9 GB'\n")


def test_cpus_that_nobody_asks_for_are_one(check: Any) -> None:
    assert "1 vCPU, 3072 MiB" in check(CONFIG + "process.memory = { task.cpus * 3.GB }\n")


def test_a_queue_by_an_amount_that_is_none(check: Any) -> None:
    lines = "process.memory = '16gb'\nprocess.queue = { task.memory > 4.GB ? 'a' : 'b' }\n"
    assert "would be refused" in check(lines, code=Exit.SOMETHING_TO_DO)


@pytest.mark.parametrize("value", ["1e999", "{ 1e999 * 0 }", "{ 1e308.GB }"])
def test_an_amount_without_bounds_is_not_known(check: Any, value: str) -> None:
    assert "unknown memory" in check(f"process.memory = {value}\n")
