"""What jobs on one machine have of each other, of its agent and of its disk; talked to while they run."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.job_runs import Runs, wait_for
from tests.support.job_shell import Shell, machine_of, open_shell

pytestmark = pytest.mark.e2e
ACCOUNT = "123456789012"
BUCKET, FOREIGN = f"jobs-{ACCOUNT}-us-east-1", "somebody-elses-results"
HERS, HIS = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("jobs-job-role", "his-job-role"))
TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
HE_MAY = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}
# HTTP without a program for it; nothing where no answer comes in time.
ASK = (
    "timeout {seconds} bash -c '"
    'exec 4<>/dev/tcp/{host}/80; printf "%s HTTP/1.0\\r\\n%b\\r\\n" "$0" "$1" >&4; cat <&4'
    "' \"{what}\" \"{headers}\" 2>/dev/null | tr -d '\\r' | sed '1,/^$/d'"
)
METADATA = "169.254.169.254"
OWN_ROLE = ("169.254.170.2", "GET $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
# In a privileged container with the machine's /proc: the machine's own files, and so its journal and its cgroups.
MACHINE = "nsenter --mount=/machine/1/ns/mnt --"
STARTS = f"{MACHINE} journalctl --unit ecs --output cat --no-pager | grep --count '^Started'"
KILL = f"{MACHINE} bash -c 'echo 1 >/sys/fs/cgroup/system.slice/ecs.service/cgroup.kill'"
POWERS: dict[str, Any] = {
    "privileged": True,
    "volumes": [{"name": "proc", "host": {"sourcePath": "/proc"}}],
    "mountPoints": [{"sourceVolume": "proc", "containerPath": "/machine"}],
}


def ask(shell: Shell, host: str, what: str, headers: str = "", seconds: int = 20) -> str:
    """Ask a service of the machine from within a container: the body of its answer, "" where none comes."""
    return shell.run(ASK.format(seconds=seconds, host=host, what=what, headers=headers), code=None)


def ask_for_credentials(shell: Shell) -> dict[str, str]:
    """Ask for the credentials of the job's own role, as every SDK does."""
    return dict(json.loads(ask(shell, *OWN_ROLE)))


def client(keys: dict[str, str], service: str = "s3") -> Any:
    """Make a client with what a container was given."""
    return boto3.client(
        service, aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["Token"],
    )  # fmt: skip


def refused(keys: dict[str, str], operation: str, **request: Any) -> bool:
    try:
        getattr(client(keys), operation)(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
        return True
    return False


@pytest.fixture(scope="module")
def he(settled: Runs) -> Iterator[str]:
    """The role of another person, who may read and write in the bucket, and no more."""
    iam = boto3.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    iam.create_role(RoleName="his-job-role", AssumeRolePolicyDocument=trust)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [HE_MAY]})
    iam.put_role_policy(RoleName="his-job-role", PolicyName="own", PolicyDocument=policy)
    boto3.client("s3").create_bucket(Bucket=FOREIGN)
    yield HIS
    boto3.client("s3").delete_bucket(Bucket=FOREIGN)
    iam.delete_role_policy(RoleName="his-job-role", PolicyName="own")
    iam.delete_role(RoleName="his-job-role")


@pytest.mark.usefixtures("he")
def test_two_people_share_a_machine_and_not_their_credentials(settled: Runs) -> None:
    with open_shell(settled, "hers", jobRoleArn=HERS) as hers, open_shell(settled, "his", jobRoleArn=HIS) as his:
        assert machine_of(hers) == machine_of(his)
        her_keys, his_keys = ask_for_credentials(hers), ask_for_credentials(his)
        assert (her_keys["RoleArn"], his_keys["RoleArn"]) == (HERS, HIS)
        assert client(his_keys, "sts").get_caller_identity()["Arn"].split("/")[1] == "his-job-role"
        hidden = hers.run("echo ${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI##*/}")
        seen = his.run(
            "cat /proc/[0-9]*/environ; ps -ef; mount", code=None
        ) + "".join(
            ask(his, "169.254.170.2", f"GET {path}")
            for path in ("/", "/v2/credentials", "/v2/credentials/", "${ECS_CONTAINER_METADATA_URI_V4#*//*/}/task")
        )  # fmt: skip
        assert HIS.rpartition("/")[2] not in hidden
        assert hidden not in seen
        assert her_keys["SecretAccessKey"] not in seen


@pytest.mark.usefixtures("he")
def test_jobs_may_do_what_their_roles_may(settled: Runs) -> None:
    """The role that register-env made, and one without what Nextflow needs beyond reading and writing."""
    with open_shell(settled, "hers", jobRoleArn=HERS) as hers, open_shell(settled, "his", jobRoleArn=HIS) as his:
        her_keys, his_keys = ask_for_credentials(hers), ask_for_credentials(his)
    place = {"Bucket": BUCKET, "Key": "work/rights"}
    tagging: Any = {**place, "Tagging": {"TagSet": [{"Key": "nextflow.io/temporary", "Value": "true"}]}}
    for keys in (her_keys, his_keys):
        client(keys).put_object(**place, Body=b"a result")
        assert refused(keys, "list_objects_v2", Bucket=FOREIGN)
        assert refused(keys, "get_object", Bucket=FOREIGN, Key="results")
        assert refused(keys, "put_object", Bucket=FOREIGN, Key="results", Body=b"hers")
    upload = {**place, "UploadId": client(his_keys).create_multipart_upload(**place)["UploadId"]}
    assert refused(his_keys, "put_object_tagging", **tagging)
    assert refused(his_keys, "abort_multipart_upload", **upload)
    assert not refused(her_keys, "put_object_tagging", **tagging)
    assert not refused(her_keys, "abort_multipart_upload", **upload)


def test_a_job_without_a_role_has_what_the_hop_limit_lets_it_have(settled: Runs) -> None:
    """One hop, as the environment asks for: nothing. Two: what the machine's role may, and that is nothing in S3."""
    ec2 = boto3.client("ec2")
    with open_shell(settled, "nobody") as nobody:
        machine = machine_of(nobody)
        assert nobody.run('echo "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"') == ""
        assert ask_for_token(nobody, 5) == ""
        ec2.modify_instance_metadata_options(InstanceId=machine, HttpPutResponseHopLimit=2)
        try:
            token = wait_for(lambda: ask_for_token(nobody, 5), bool)
            path, header = "/latest/meta-data/iam/security-credentials/", f"X-aws-ec2-metadata-token: {token}\\r\\n"
            role = ask(nobody, METADATA, f"GET {path}", header)
            keys = json.loads(ask(nobody, METADATA, f"GET {path}{role}", header))
        finally:
            ec2.modify_instance_metadata_options(InstanceId=machine, HttpPutResponseHopLimit=1)
        wait_for(lambda: ask_for_token(nobody, 5), lambda token: token == "")
    assert role == "ecsInstanceRole"
    assert client(keys, "sts").get_caller_identity()["Arn"].split("/")[1:] == [role, machine]
    assert refused(keys, "get_object", Bucket=BUCKET, Key="work/rights")


def ask_for_token(shell: Shell, seconds: int) -> str:
    lifetime = "X-aws-ec2-metadata-token-ttl-seconds: 300\\r\\nContent-Length: 0\\r\\n"
    return ask(shell, METADATA, "PUT /latest/api/token", lifetime, seconds)


def test_the_agent_is_killed_and_jobs_live_on(settled: Runs) -> None:
    """One that ends while no agent is there keeps its exit code; one that ends later has credentials again by then."""
    with open_shell(settled, "root", **POWERS) as root, open_shell(settled, "lives-on", jobRoleArn=HERS) as lives_on:
        before = int(root.run(STARTS))
        with open_shell(settled, "ends-meanwhile") as meanwhile:
            root.run(KILL)
            meanwhile.exit(3)
            assert ask(lives_on, *OWN_ROLE, seconds=2) == "", "nobody answers while there is no agent"
        assert int(root.run(STARTS)) == before + 1
        told = wait_for(lambda: ask(lives_on, *OWN_ROLE), lambda text: "RoleArn" in text)
        assert json.loads(told)["RoleArn"] == HERS
    for shell in (root, lives_on, meanwhile):
        assert len(settled.detail(shell.job["jobId"])["attempts"]) == 1


def test_a_job_fills_its_disk_which_grows(settled: Runs) -> None:
    """Down to a tenth, and then it writes on into what has come."""
    with open_shell(settled, "filler") as filler:
        machine = machine_of(filler)
        (size, free), before = measure_disk(filler), list_volumes(machine)
        filler.run(f"fallocate --length {free - size // 10}M /first")
        _, room = wait_for(lambda: measure_disk(filler), lambda now: now[0] > size, limit=600)
        assert room > size // 10 + 512
        filler.run(f"fallocate --length {room - 512}M /second")
        added = [volume for volume in list_volumes(machine) if volume not in before]
    assert added
    assert all(volume["Encrypted"] and volume["Attachments"][0]["DeleteOnTermination"] for volume in added)


def measure_disk(shell: Shell) -> tuple[int, int]:
    """Size and free space of the container's file system, MiB."""
    size, free = shell.run("df --output=size,avail --block-size=1M / | tail -n 1").split()
    return int(size), int(free)


def list_volumes(machine: str) -> list[dict[str, Any]]:
    attached = [{"Name": "attachment.instance-id", "Values": [machine]}]
    return list(boto3.client("ec2").describe_volumes(Filters=attached)["Volumes"])
