"""From a trace to a finished run, and runs whose heads and machines are lost: in machines, under Kiln's own roles.

The head is built by nextflow-image with the sandbox's stand-in for Nextflow, whose tasks lie in a project's
stand-in.json. A task that is to wait does so until an object is in S3.
"""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from kiln.errors import Exit
from sandbox.command import state
from tests.support.arranged import advance
from tests.support.cli import ROOT, Cli
from tests.support.job_runs import Runs as Jobs
from tests.support.job_runs import wait_for

pytestmark = pytest.mark.e2e
BUCKET = "runs-123456789012-us-east-1"
BASE = "public.ecr.aws/docker/library/eclipse-temurin:21-jre-noble"
AWS, PYTHON = "/home/ec2-user/miniconda/bin/aws", "/home/ec2-user/miniconda/bin/python"
STALE = 250.0  # seconds after which the lock of a head that is gone may be taken
LIMIT = 1800.0  # seconds of this computer's clock for a run: beside much other work it takes three times as long
TRACE = """task_id\tname\tstatus\texit\tcpus\tmemory\trealtime\t%cpu\tpeak_rss
1\tCOUNT (1)\tCOMPLETED\t0\t6\t8 GB\t2m 30s\t570.0%\t7.4 GB
2\tCOUNT (2)\tCOMPLETED\t0\t6\t8 GB\t2m 10s\t580.0%\t7.6 GB
"""
POLICY: dict[str, Any] = {"Version": "2012-10-17"}
MACHINE: dict[str, Any] = {
    "volumes": [{"name": "machine", "host": {"sourcePath": "/"}}],
    "mountPoints": [{"sourceVolume": "machine", "containerPath": "/machine"}],
}


def task(name: str, script: str, *outputs: str) -> dict[str, Any]:
    return {"name": name, "script": script, "outputs": list(outputs), "memory": 256, "retries": 2}


def wait_for_object(key: str) -> str:
    """One process that asks: each start of the AWS CLI would keep the machine busy for seconds."""
    patience = "WaiterConfig={'Delay': 2, 'MaxAttempts': 1000}"
    waiter = "botocore.session.get_session().create_client('s3').get_waiter('object_exists')"
    return f"""{PYTHON} -c "import botocore.session; {waiter}.wait(Bucket='{BUCKET}', Key='{key}', {patience})\""""


def long_task(name: str) -> dict[str, Any]:
    return task("LONG", f"{wait_for_object(f'go/{name}')}; echo {name} >long.txt", "long.txt")


def make_project(folder: Path, *stages: list[dict[str, Any]]) -> str:
    folder.mkdir()
    (folder / "main.nf").write_text("// the stand-in reads stand-in.json\nparams.outdir = null\nworkflow { }\n")
    (folder / "stand-in.json").write_text(json.dumps({"stages": stages}))
    return str(folder)


class Walk:
    """What the tests of this file have of the environment."""

    def __init__(self, cli: Cli, env: str) -> None:
        self.cli, self.env = cli, env
        self.s3, self.batch = boto3.client("s3"), boto3.client("batch")

    def run(self, *words: str, person: Cli | None = None) -> str:
        """As the owner of the account, or as `person`."""
        start = (person, "run") if person else (self.cli, "sandbox", "run")
        return start[0](*start[1:], *words, "--env", self.env, "--yes").stdout

    def show(self, name: str) -> dict[str, Any]:
        return dict(json.loads(self.cli("sandbox", "show-run", name, "--env", self.env, "--json").stdout))

    def record(self, name: str) -> dict[str, Any]:
        return dict(json.loads(self.read(f"_nextflow/heads/{name}/run.json")))

    def read(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def put(self, key: str) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"go on")

    def jobs(self, name: str, task_name: str) -> list[dict[str, Any]]:
        """The jobs of a run's task, as DescribeJobs tells them."""
        filters = [{"name": "JOB_NAME", "values": [task_name]}]
        found = self.batch.list_jobs(jobQueue="default", filters=filters)["jobSummaryList"]
        if not found:
            return []
        told = self.batch.describe_jobs(jobs=[job["jobId"] for job in found])["jobs"]
        return [job for job in told if job["tags"].get("kiln:run") == self.record(name)["id"]]

    def until_running(self, name: str, task_name: str, number: int = 1) -> dict[str, Any]:
        """Wait until the `number`-th job of a task runs."""

        def look() -> list[dict[str, Any]]:
            return [job for job in self.jobs(name, task_name) if job["status"] == "RUNNING"]

        found = wait_for(look, lambda jobs: jobs and len(self.jobs(name, task_name)) >= number, LIMIT)
        return found[0]

    def head(self, name: str) -> dict[str, Any]:
        (job,) = self.batch.describe_jobs(jobs=[self.record(name)["jobs"][-1]])["jobs"]
        return dict(job)

    def until_over(self, name: str) -> dict[str, Any]:
        return wait_for(lambda: self.head(name), lambda job: job["status"] in ("SUCCEEDED", "FAILED"), LIMIT)

    def end_jobs(self) -> None:
        for queue in ("default", "head"):
            for status in ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"):
                for job in self.batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"]:
                    self.batch.terminate_job(jobId=job["jobId"], reason="the tests are over")


@pytest.fixture(scope="module")
def walk(built: dict[str, Any], cli: Cli) -> Iterator[Walk]:
    """From a trace to an environment: its size is written into it, the image of the head is built and pushed."""
    env = cli.folder / "runs.yaml"
    env.write_text(Path(__file__).with_name("runs.yaml").read_text())
    (cli.folder / "trace.txt").write_text(TRACE)
    stand_in = str(ROOT / "sandbox" / "nextflow" / "stand_in.py")
    pushed = cli("sandbox", "nextflow-image", "--push", "--base", BASE, "--nextflow", stand_in, "--aws-cli", "base")
    assert "nextflow@sha256:" in pushed.stdout
    assert "stand_in.py" in pushed.stderr, "the build says what stands in for Nextflow"
    cli("sandbox", "size", "--trace", "trace.txt", "--env", str(env), "--write", "--yes")
    assert "spot\n    instance_types: [c5.2xlarge, c5.4xlarge]" in env.read_text()
    cli("sandbox", "register-env", "--env", str(env), "--ami", built["manifest"]["ami"]["id"], "--yes")
    walk = Walk(cli, str(env))
    yield walk
    walk.end_jobs()
    cli("sandbox", "destroy-env", "--env", str(env), "--yes", "--terminate-jobs", "--with-bucket", BUCKET)


@pytest.fixture(scope="module")
def another(walk: Walk, offline_aws: state.State) -> Cli:
    """Another person, who has a role with exactly what `invoke iam-policy` prints."""
    iam, name = boto3.client("iam"), "another-person"
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({**POLICY, "Statement": [trust]}))["Role"]
    printed = walk.cli("iam-policy", "--env", walk.env).stdout
    for number, document in enumerate(re.split(r"(?<=^})\n", printed, flags=re.MULTILINE)):
        if document.strip():
            made = iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=document)["Policy"]
            iam.attach_role_policy(RoleName=name, PolicyArn=made["Arn"])
    advance(offline_aws, 60)
    given = boto3.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="second")["Credentials"]
    keys = {"ACCESS_KEY_ID": "AccessKeyId", "SECRET_ACCESS_KEY": "SecretAccessKey", "SESSION_TOKEN": "SessionToken"}
    return Cli(walk.cli.folder, {f"AWS_{variable}": given[key] for variable, key in keys.items()})


@dataclass(frozen=True)
class Seen:
    """What a person saw who followed a run, and how many seconds it took."""

    text: str
    seconds: float


@pytest.fixture(scope="module")
def followed(walk: Walk, another: Cli, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Future[Seen]"]:
    """His run, followed by him until it ends. Its first task reads a file that was uploaded."""
    folder = tmp_path_factory.mktemp("his")
    (folder / "index.txt").write_text("one\ntwo\nthree\n")
    told = walk.cli("sandbox", "upload", "--path", str(folder / "index.txt"), "--env", walk.env).stdout
    (address,) = {word for word in told.split() if word.startswith(f"s3://{BUCKET}/") and word.endswith("index.txt")}
    count = task("COUNT", f"{AWS} s3 cp --only-show-errors {address} - | wc -l >count.txt", "count.txt")
    project = make_project(folder / "project", [count], [long_task("his")])
    output = f"s3://{BUCKET}/results/his"

    def follow() -> Seen:
        began = time.monotonic()
        shown = walk.run(project, "--name", "his", "--output", output, "--follow", person=another)
        return Seen(shown, time.monotonic() - began)

    with ThreadPoolExecutor(1) as threads:
        yield threads.submit(follow)
        walk.end_jobs()


@pytest.fixture(scope="module")
def two(walk: Walk, followed: "Future[Seen]", tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Two runs of two people at once, hers and his: a task of each is over, and another waits for its object."""
    first = task("FIRST", "echo hers >first.txt", "first.txt")
    project = make_project(tmp_path_factory.mktemp("hers") / "project", [first], [long_task("hers")])
    his = {"Bucket": BUCKET, "Prefix": "_nextflow/heads/his/run.json"}
    wait_for(lambda: walk.s3.list_objects_v2(**his)["KeyCount"], bool, LIMIT)
    walk.run(project, "--name", "hers", "--output", f"s3://{BUCKET}/results/hers")
    for name in ("hers", "his"):
        walk.until_running(name, "LONG")
    return walk


def test_a_name_is_refused_while_its_head_lives(two: Walk, tmp_path: Path) -> None:
    project = make_project(tmp_path / "another", [task("FIRST", "true")])
    refused = two.cli("sandbox", "run", project, "--name", "hers", "--env", two.env, "--yes", code=Exit.USER_ERROR)
    assert "the run hers lives: its head is RUNNING" in refused.stderr
    assert len(two.record("hers")["jobs"]) == 1


def test_a_head_that_is_killed_leaves_orphans_that_are_found_and_ended_and_resumes(
    two: Walk, offline_aws: state.State
) -> None:
    before, orphan = two.record("hers"), two.until_running("hers", "LONG")
    killer = Jobs("head", "public.ecr.aws/docker/library/debian:bookworm-slim")
    lock = json.loads(two.read("_nextflow/heads/hers/lock.json"))
    digest = before["project"].rpartition("/")[2]  # on the command line of the head, and of nothing else
    listed = f"docker ps --no-trunc --format '{{{{.ID}}}} {{{{.Command}}}}' | grep '{digest[:-1]}[{digest[-1]}]'"
    kill = ["chroot", "/machine", "bash", "-c", f"docker kill $({listed} | cut -d' ' -f1)"]
    done = killer.wait(killer.submit("kill", kill, container=MACHINE))
    assert done["container"]["containerInstanceArn"] == two.head("hers")["container"]["containerInstanceArn"]
    assert done["status"] == "SUCCEEDED", killer.read_log(done)
    head = two.until_over("hers")
    assert (head["status"], head["container"]["exitCode"], len(head["attempts"])) == ("FAILED", 137, 1)
    found = two.cli("sandbox", "list-runs", "--orphans", "--env", two.env, code=Exit.SOMETHING_TO_DO).stdout
    assert orphan["jobId"] in found
    assert two.until_running("his", "LONG")["jobId"] not in found
    two.cli("sandbox", "list-runs", "--orphans", "--terminate", "--env", two.env)
    wait_for(lambda: two.jobs("hers", "LONG")[0]["status"], lambda status: status == "FAILED", LIMIT)
    assert two.until_running("his", "LONG")["status"] == "RUNNING", "another run's tasks are not touched"
    advance(offline_aws, STALE)
    two.run("--resume", "hers", before["pipeline"])
    two.until_running("hers", "LONG", number=2)
    after = two.record("hers")
    assert [after[key] for key in ("id", "work", "created")] == [before[key] for key in ("id", "work", "created")]
    taken = json.loads(two.read("_nextflow/heads/hers/lock.json"))
    assert (lock["job"], taken["job"]) == (before["jobs"][0], after["jobs"][1])
    assert len(two.jobs("hers", "FIRST")) == 1, "what is finished is not submitted again"
    two.put("go/hers")
    assert two.until_over("hers")["status"] == "SUCCEEDED"
    assert two.read("results/hers/long.txt").strip() == b"hers"
    assert two.read("results/hers/first.txt").strip() == b"hers", "from the cache"


def test_the_machine_of_a_task_is_taken_by_spot_and_the_run_ends_well_with_its_results_in_s3(
    two: Walk, followed: "Future[Seen]", offline_aws: state.State
) -> None:
    job = two.until_running("his", "LONG")
    arn = job["container"]["containerInstanceArn"]
    cluster = arn.split("/")[1]
    assert "runs-spot" in cluster
    (machine,) = boto3.client("ecs").describe_container_instances(cluster=cluster, containerInstances=[arn])[
        "containerInstances"
    ]
    two.cli("sandbox.interrupt", machine["ec2InstanceId"])
    advance(offline_aws, 121)
    two.put("go/his")
    head, seen = two.until_over("his"), followed.result(LIMIT)
    assert head["status"] == "SUCCEEDED"
    assert two.read("results/his/count.txt").strip() == b"3"
    assert two.read("results/his/long.txt").strip() == b"his"
    assert f"s3://{BUCKET}/results/his" in seen.text
    assert "count.txt" in seen.text
    itself = (head["stoppedAt"] - head["createdAt"]) / 1000
    print(f"the head took {itself:.0f} s; invoke run added {seen.seconds - itself:.1f} s (goal: 5)")
    reasons = [attempt["statusReason"] for job in two.jobs("his", "LONG") for attempt in job["attempts"]]
    assert any(reason.startswith("Host EC2 (instance i-") for reason in reasons)
    (count,) = two.jobs("his", "COUNT")
    assert count["container"]["jobRoleArn"].endswith("role/runs-job-role")
    assert two.show("his")["tasks"]["counts"]["SUCCEEDED"] == 2
    assert "Spot" in two.cli("sandbox", "show-run", "his", "--env", two.env).stdout
    kept = two.s3.list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/logs/his/.nextflow.log.")["Contents"]
    assert len(kept) == 1
