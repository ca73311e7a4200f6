"""What a real Nextflow makes of the configuration: its values by profile, and what attempts are given."""

from pathlib import Path

import pytest

from environments.spec import definitions
from nextflow.config.check.flat import read_flat
from nextflow.config.check.of_config import list_asks, list_settings
from nextflow.config.check.plain import read_plain
from nextflow.config.write import write_config
from nextflow.sizing.advice import ProcessAdvice
from tests.support.nextflow_machines import KNOWN
from tests.support.real_nextflow import RealNextflow, find_classpath

MIB = 1024 * 1024
SCRIPT = """
process USUAL {
    script:
    "true"
    stub:
    "[ ${task.attempt} -ge ${params.until} ] || exit ${params.code}"
}
process SIZED {
    script:
    "true"
    stub:
    "[ ${task.attempt} -ge ${params.until} ] || exit ${params.code}"
}
process GREEDY {
    cpus 1000
    memory 9000.GB
    script:
    "true"
    stub:
    "true"
}
workflow {
    USUAL()
    SIZED()
    GREEDY()
    def strategy = workflow.session.config.process.errorStrategy
    if (strategy) {
        strategy.resolveStrategy = Closure.DELEGATE_FIRST
        def decide = { code, attempt ->
            strategy.delegate = [task: [exitStatus: code, attempt: attempt]]
            strategy.call()
        }
        def codes = [1, 2, 104, 127, 134, 137, 139, 140, 143, 247]
        println "BY CODE " + codes.collect { code -> decide(code, 1) }.join(' ')
        println "LOST " + [1, 2, 3].collect { attempt -> decide(2147483647, attempt) }.join(' ')
    }
}
"""
SIZED = ProcessAdvice("SIZED", cpus=6, memory_mib=8000, excess_memory_mib=16000, time_seconds=600)


@pytest.fixture(scope="module")
def nextflow(tmp_path_factory: pytest.TempPathFactory) -> RealNextflow:
    return RealNextflow(tmp_path_factory.mktemp("nextflow"), find_classpath())


def write(folder: Path, name: str) -> Path:
    file = folder / f"{name}.config"
    file.write_text(write_config(definitions.load(name), "123456789012", "eu-central-1", KNOWN, processes=[SIZED]))
    return file


def by_option(printed: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition(" = ") for line in printed.splitlines())}


def amounts(*mib: int) -> list[str]:
    return [str(amount * MIB) for amount in mib]


def test_the_values_of_the_guides_environment_by_profile(nextflow: RealNextflow) -> None:
    file = write(nextflow.folder, "salmon")
    printed = nextflow.config(file, "awsbatch")
    batch = by_option(printed)
    del batch["process.errorStrategy"], batch["process.resourceLimits"]
    assert batch == {
        "workDir": "'s3://salmon-123456789012-eu-central-1/_nextflow/runs'",
        "params.salmonIndex": "'s3://salmon-123456789012-eu-central-1/indices/salmon/gencode.v28.IMPACT'",
        "process.executor": "'awsbatch'",
        "process.queue": "{ task.attempt > 1 ? 'salmonExcess' : 'salmonWorkload' }",
        "process.memory": "{ task.attempt > 1 ? 31100.MB : 15400.MB }",
        "process.cpus": "{ task.attempt > 1 ? 16 : 8 }",
        "process.maxRetries": "2",
        "process.resourceLabels": "['kiln:run':'by-hand']",
        "process.'withName:SIZED'.cpus": "6",
        "process.'withName:SIZED'.memory": "{ task.attempt > 1 ? 16000.MB : 8000.MB }",
        "process.'withName:SIZED'.time": "{ 10.min * task.attempt }",
        "trace.overwrite": "true",
        "report.overwrite": "true",
        "timeline.overwrite": "true",
        "dag.overwrite": "true",
        "aws.region": "'eu-central-1'",
        "aws.client.storageEncryption": "'AES256'",
        "aws.batch.cliPath": "'/home/ec2-user/miniconda/bin/aws'",
        "aws.batch.jobRole": "'arn:aws:iam::123456789012:role/salmon-job-role'",
        "aws.batch.logsGroup": "'/aws/batch/job'",
        "aws.batch.maxTransferAttempts": "5",
        "aws.batch.maxSpotAttempts": "0",
        "aws.batch.terminateUnschedulableJobs": "true",
    }
    settings = {one.process: one for one in list_settings(read_flat("printed", printed.splitlines()))}
    assert [ask.memory for ask in list_asks(settings["every process"], {})] == [15400, 31100, 31100]
    assert [ask.memory for ask in list_asks(settings["withName: SIZED"], {})] == [8000, 16000, 16000]
    assert by_option(nextflow.config(file, "slurm")) == {
        "singularity.enabled": "true",
        "docker.enabled": "false",
        "process.executor": "'slurm'",
        "process.clusterOptions": "'--qos=short'",
        "process.cpus": "'12'",
        "process.memory": "{ 8.GB * task.attempt }",
        "params.salmonIndex": "'/groups/Software/indices/hg38/salmon/gencode.v28.IMPACT'",
    }


def test_attempts_on_the_guides_environment(nextflow: RealNextflow) -> None:
    ran = nextflow.run_stub(SCRIPT, write(nextflow.folder, "salmon"), "awsbatch", until=2, code=137)
    assert ran.column("USUAL", "status") == ["FAILED", "COMPLETED"]
    for process in ("USUAL", "SIZED"):
        assert ran.column(process, "queue") == ["salmonWorkload", "salmonExcess"]
    assert ran.column("USUAL", "memory") == amounts(15400, 31100)
    assert ran.column("USUAL", "cpus") == ["8", "16"]
    assert ran.column("SIZED", "memory") == amounts(8000, 16000)
    assert ran.column("SIZED", "cpus") == ["6", "6"]
    assert ran.column("SIZED", "time") == ["600000", "1200000"]
    assert (ran.column("GREEDY", "memory"), ran.column("GREEDY", "cpus")) == (amounts(31100), ["16"])
    assert "LOST retry finish finish\n" in ran.output


def test_attempts_from_spot_to_on_demand(nextflow: RealNextflow) -> None:
    ran = nextflow.run_stub(SCRIPT, write(nextflow.folder, "genomics"), "awsbatch", until=3, code=143)
    assert ran.column("USUAL", "queue") == ["default", "highpriority", "highpriority"]
    assert ran.column("USUAL", "memory") == amounts(1800, 3600, 7200)
    assert ran.column("USUAL", "cpus") == ["1", "1", "1"]
    assert "BY CODE finish finish retry finish retry retry retry retry retry retry\n" in ran.output
    assert "LOST retry retry finish\n" in ran.output


def test_a_run_writes_over_what_a_former_one_wrote_about_itself(nextflow: RealNextflow) -> None:
    script = "process ONLY {\n    script:\n    'true'\n    stub:\n    'true'\n}\nworkflow { ONLY() }\n"
    config = write(nextflow.folder, "salmon")
    nextflow.run_stub(script, config, "awsbatch")
    for file in nextflow.list_written():
        file.write_text("of the former run")
    ran = nextflow.run_stub_again(script, config, "awsbatch")
    assert "already exist" not in ran.output
    assert [file.name for file in nextflow.list_written() if file.read_text() == "of the former run"] == []
    assert ran.column("ONLY", "status") == ["COMPLETED"]


PLAIN = """
params { most = 12; index = 's3://b/x' }
process {
    cpus = { params.most / 4 * task.attempt }
    withName: STAR { memory = { 40.GB * task.attempt }; cpus = params.most }
    withLabel: 'big|huge' {
        memory = '500 GB' // much
        queue  = params.index ? 'long' : 'short'
    }
}
process.time = 1.h
profiles { small { process.memory = 2.GB; params.other = 4 } }
"""


@pytest.mark.parametrize("profile", ["small", "standard"])
def test_a_pipelines_configuration_is_read_as_nextflow_reads_it(nextflow: RealNextflow, profile: str) -> None:
    file = nextflow.folder / "plain.config"
    file.write_text(PLAIN)
    read = [read_plain(PLAIN, [profile]).options, read_flat("x", nextflow.config(file, profile).splitlines())]
    asks = [
        [list(list_asks(settings, {"most": options["params.most"], "index": options["params.index"]}))
         for settings in list_settings(options)]
        for options in read
    ]  # fmt: skip
    assert asks[0] == asks[1]
    assert [len(attempts) for attempts in asks[0]] == [2, 2, 2]


def test_attempts_on_a_cluster(nextflow: RealNextflow) -> None:
    script = SCRIPT.replace("memory 9000.GB", "").replace("exit ${params.code}", "exit 1").replace(
        "process USUAL {", "process USUAL {\n    errorStrategy 'retry'").replace(
        "process SIZED {", "process SIZED {\n    errorStrategy 'retry'").replace("cpus 1000", "")  # fmt: skip
    ran = nextflow.run_stub(script, write(nextflow.folder, "salmon"), "slurm", until=2)
    assert ran.column("USUAL", "memory") == amounts(8192, 16384)
    assert ran.column("USUAL", "cpus") == ["12", "12"]
