"""The keys of every `--json` document: programs read them, so none goes and none changes its place.

`documents.yaml` holds them. Every list in a document has an item here, so that the keys of items are seen too.
"""

import re
from inspect import signature
from pathlib import Path
from typing import Any, get_args

import yaml

import tasks
from environments.doctor.facts.picture import Part
from jobs.screens import documents as job_screen
from jobs.screens import listed as list_screen
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.fake_remote import FakeRemote
from tests.support.images import DEFINITION, MakeAmi
from tests.support.jobs import ARRAY, LISTED, NOW, WAITING, WHOLE
from tests.support.traces import write_trace
from tests.support.typed import Documented, keys

DOCUMENTS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("documents.yaml").read_text())
HEAVY = {"image": "busybox", "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                                      {"type": "MEMORY", "value": "99999999"}]}  # fmt: skip


def same(name: str, document: Any) -> None:
    assert keys(document) == DOCUMENTS[name], name


def test_of_images(sandbox: Sandbox, remote: type[FakeRemote], tmp_path: Path, documented: Documented) -> None:
    image = tmp_path / "small.yaml"
    image.write_text(DEFINITION)
    same("build-ami --plan", documented("build-ami", "--image", str(image), "--plan", code=2))
    built = documented("build-ami", "--image", str(image))
    same("build-ami", built)
    same("build-ami, up to date", documented("build-ami", "--image", str(image)))
    same("test-ami", documented("test-ami", built["ami"], "--image", str(image)))
    same("list-amis", documented("list-amis"))


def test_of_what_builds_left(sandbox: Sandbox, stock: str, documented: Documented) -> None:
    tags = [{"Key": "kiln:build", "Value": "b"}, {"Key": "kiln:expires", "Value": "2020-01-01T00:00:00+00:00"}]
    sandbox.client("ec2").create_key_pair(
        KeyName="kiln-b", TagSpecifications=[{"ResourceType": "key-pair", "Tags": tags}]
    )
    same("clean", documented("clean", code=2))


def test_of_launch_templates(sandbox: Sandbox, make_ami: MakeAmi, documented: Documented) -> None:
    ami = make_ami("nextflow-al2023-1")
    same("register-launch-template --plan", documented("register-launch-template", "--ami", ami, "--plan", code=2))
    same("register-launch-template", documented("register-launch-template", "--ami", ami))
    same("show-user-data", documented("show-user-data"))


def test_of_environments(sandbox: Sandbox, make_ami: MakeAmi, tmp_path: Path, documented: Documented) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    same("register-env --plan", documented("register-env", "--env", env, "--plan", code=2))
    same("register-env", documented("register-env", "--env", env, "--yes"))
    tools.run_job(sandbox, "small-low", "small-task")
    same("show-env", documented("show-env", "--env", env))
    same("list-envs", documented("list-envs"))
    Path(env).write_text(Path(env).read_text().replace("small-low:", "small-lower:"))
    plan = documented("register-env", "--env", env, "--ami", make_ami("new"), "--plan", code=2)
    same("register-env --plan, roll-out", plan)
    same("destroy-env --plan", documented("destroy-env", "--env", env, "--plan", code=2))
    same("destroy-env", documented("destroy-env", "--env", env, "--yes", "--terminate-jobs"))


def test_of_sizing(sandbox: Sandbox, tmp_path: Path, documented: Documented) -> None:
    """Of a run in which everything occurs: a fit, a failure, and machines that hold several tasks."""
    rows: list[dict[str, object]] = [
        {
            "name": f"A ({n})",
            "realtime": "1h",
            "%cpu": "90%",
            "peak_rss": f"{n} GB",
            "rchar": f"{n} GB",
            "wchar": "1 MB",
        }
        for n in range(1, 13)
    ]
    trace = write_trace(tmp_path / "trace.txt", [*rows, {"name": "A (1)", "status": "FAILED", "exit": 137}])
    same("size", documented("size", "--trace", trace))


def test_of_nextflow(sandbox: Sandbox, remote: type[FakeRemote], tmp_path: Path, documented: Documented) -> None:
    same("nextflow-config", documented("nextflow-config", "--env", "salmon"))
    (resolved := tmp_path / "resolved.config").write_text("process.executor = 'awsbatch'\n")
    check = documented("nextflow-config", "--env", "salmon", "--check", str(resolved), code=2)
    same("nextflow-config --check", check)
    program = tmp_path / "nextflow"
    program.write_text("#!/bin/sh\n")
    replaced = ("--base", "debian:12", "--nextflow", str(program), "--aws-cli", "base")
    same("nextflow-image", documented("nextflow-image", *replaced))


def test_of_the_doctor(sandbox: Sandbox, tmp_path: Path, documented: Documented) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    batch = sandbox.client("batch")
    batch.register_job_definition(jobDefinitionName="heavy", type="container", containerProperties=HEAVY)
    job = batch.submit_job(jobName="a", jobQueue="small-low", jobDefinition="heavy")["jobId"]
    [compute] = tools.compute(sandbox).values()
    profile = compute["computeResources"]["instanceRole"].rpartition("/")[2]
    sandbox.client("iam").remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=profile)
    sandbox.clock.advance(60)
    same("doctor", documented("doctor", "--env", env, code=2))
    same("doctor --job", documented("doctor", "--job", job, code=2))


def test_of_jobs() -> None:
    """Of values in which everything is known: list-jobs and show-job print what is made of them."""
    listed = list_screen.make_document("us-east-1", ["default"], NOW, LISTED)
    same("list-jobs", listed)
    shown = [job_screen.make_document(whole, NOW) for whole in (WHOLE, WAITING, ARRAY)]
    assert sorted({key for document in shown for key in keys(document)}) == DOCUMENTS["show-job"]


def test_of_what_the_doctor_could_not_look_at() -> None:
    """The keys of `unseen`, of which a document has those that failed."""
    assert sorted(get_args(Part)) == DOCUMENTS["doctor, unseen"]


def test_every_task_with_json_is_here() -> None:
    with_json = {name for name, task in tasks.namespace.tasks.items() if "json" in signature(task.body).parameters}
    assert with_json == {re.split("[ ,]", name)[0] for name in DOCUMENTS}
