"""What a person may type wrongly: a single message, and nothing is made or sent."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from environments.spec import definitions
from kiln.errors import UserError
from nextflow.runs import names
from nextflow.runs.commands import run as command
from nextflow.runs.pipeline import find_main_script, find_output_parameter
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.denied import told
from tests.support.runs import BUCKET, ask

Files = Callable[..., str]
FIRST = [{"name": "JOB_NAME", "values": ["nextflow-first"]}]


def refuse(sandbox: Sandbox, pipeline: Path | str, env: str, **more: Any) -> UserError:
    """Run it; the message. No call has changed anything."""
    sandbox.calls.clear()
    with pytest.raises(UserError) as caught:
        command.run(ask(pipeline, env, **more), None, follows=False, yes=False, as_json=False)
    changing = ("SubmitJob", "RegisterJobDefinition", "PUT ", "POST ", "DELETE ")
    assert [call.action for call in sandbox.calls.all() if call.action.startswith(changing)] == []
    assert caught.value.why
    return caught.value


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/b", "it has no slash"),
        ("../x", "it has no slash"),
        ("First", "a small letter"),
        ("a-", "a small letter"),
        ("a\n", "a small letter"),
        ("a" * 81, "a small letter"),
        ("1a", "a small letter"),
        ("a\u0663", "a small letter"),
    ],
)
def test_names_that_nextflow_does_not_take(sandbox: Sandbox, lab: str, project: Path, name: str, why: str) -> None:
    assert why in refuse(sandbox, project, lab, name=name).why
    assert why in refuse(sandbox, project, lab, resume=name).why


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("p.yaml", b"a: [1", "this is not YAML that Kiln reads"),
        ("p.yaml", b"", "is empty"),
        ("p.yaml", b"- a\n- b\n", "holds no parameters"),
        ("p.yaml", b"\xff\xfe\x00", "this is not YAML that Kiln reads"),
        ("p.json", b"{'a': 1}", "is no JSON"),
        ("p.json", b"", "is empty"),
        ("p.json", b'{"a": NaN}', "is no JSON"),
        ("p.json", b"[" * 100_000, "is no JSON"),
        ("p.json", b'"a"', "holds no parameters"),
        ("p.txt", b"a: 1", "is no file of parameters"),
        ("p.yaml", b"a: 1\n" + b"#" * 2**20, "is too large"),
    ],
)
def test_files_that_hold_no_parameters(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert words in refuse(sandbox, project, lab, params=str(tmp_path / name)).what


def test_a_file_of_parameters_that_is_not_there(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert "cannot be read" in refuse(sandbox, project, lab, params="none.yaml").what


@pytest.mark.parametrize("name", ["p.yaml", "p.json"])
def test_a_pipe_of_parameters_is_not_waited_for(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, name: str
) -> None:
    os.mkfifo(tmp_path / name)
    assert "a pipe" in refuse(sandbox, project, lab, params=str(tmp_path / name)).why


def test_projects_without_a_script(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert "it would be" in refuse(sandbox, "./nosuch", lab).why
    assert refuse(sandbox, project / "main.nf", lab).what.endswith("is a file")
    refused = refuse(sandbox, project, lab, words=("-main-script", "other.nf"))
    assert refused.why == "it has no other.nf"
    (project / "main.nf").unlink()
    assert refuse(sandbox, project, lab).why == "it has no main.nf"
    (project / "nextflow.config").write_text("manifest.mainScript = 'run.nf'\n")
    assert refuse(sandbox, project, lab).why == "it has no run.nf"
    assert refuse(sandbox, f"s3://{BUCKET}/p", lab).why == "it has no main.nf"
    assert refuse(sandbox, "s3://nosuch-bucket/p", lab).what == "there is no bucket nosuch-bucket"
    assert "is no address in S3" in refuse(sandbox, "s3:///p", lab).what
    assert "is no pipeline" in refuse(sandbox, "a b", lab).what


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"words": ("--token", "hidden\udcff")}, "a word behind -- is not UTF-8"),
        ({"pipeline": "s3://lab-out/\udcff"}, "the pipeline is not UTF-8"),
        ({"output": "s3://lab-out/\udcff"}, "--output is not UTF-8"),
        ({"pipeline": "~no-such-user/x"}, "the pipeline ~no-such-user/x cannot be read"),
        ({"pipeline": "x" * 5000}, "cannot be read"),
        ({"pipeline": ""}, "the pipeline is empty"),
        ({"params": "~no-such-user/x.yaml"}, "--params ~no-such-user/x.yaml cannot be read"),
        ({"env": "x" * 5000}, "there is no environment definition"),
        ({"pipeline": "https://me:pass word@host/x"}, "is no pipeline"),
        ({"output": "s3://a b/x"}, "is no address in S3"),
        ({"pipeline": "a/b", "revision": "-x"}, "--revision '-x' is none"),
        ({"pipeline": "a/b", "revision": "a b"}, "--revision 'a b' is none"),
    ],
)
def test_texts_that_nothing_can_be_made_of(
    sandbox: Sandbox, lab: str, project: Path, more: dict[str, Any], words: str
) -> None:
    given = {"pipeline": project, "env": lab, **more}
    refused = refuse(sandbox, given.pop("pipeline"), given.pop("env"), **given)
    assert "hidden" not in str(refused)
    assert words in refused.what
    assert "pass" not in refused.what


def test_a_folder_whose_name_is_not_utf_8(sandbox: Sandbox, lab: str, project: Path) -> None:
    odd = project.rename(project.parent / "p\udcff")
    assert refuse(sandbox, odd, lab).what == "the pipeline is not UTF-8"


def test_a_folder_has_no_revisions(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert "--revision v1 cannot be had" in refuse(sandbox, project, lab, revision="v1").what


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("-resume",), "-resume cannot stand behind --"),
        (("-w", "s3://a/b"), "-w cannot stand behind --"),
        (("-params-file=x",), "-params-file cannot stand behind --"),
        (("-bg",), "-bg cannot stand behind --"),
        (("--x", ""), "a word behind -- is empty"),
        (("--x", "a\0b"), "a word behind -- holds a zero byte"),
        (("--ids", "x" * 8200), "the command of the head job is too long"),
    ],
)
def test_words_that_cannot_stand_behind_the_dashes(
    sandbox: Sandbox, lab: str, tmp_path: Path, words: tuple[str, ...], what: str
) -> None:
    assert what in refuse(sandbox, "t-neumann/salmon-nf", lab, words=words).what


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (("-c", "local.config"), "-c local.config", "give -c project/NAME"),
        (("-config=/etc/local.config",), "-config /etc/local.config", "-config s3://BUCKET/local.config"),
        (("-c", "s3://b/x.config,local.config"), "-c local.config", "give -c project/NAME"),
        (("-c", "nextflow.config"), "-c nextflow.config", "-c project/nextflow.config."),
        (("-c", "{project}/bin/count.sh"), "-c {project}/bin/count.sh", "-c project/bin/count.sh."),
        (("-c", "project/none.config"), "-c project/none.config", "give -c project/NAME"),
        (("-c", "project/.hidden.config"), "-c project/.hidden.config", "give -c project/NAME"),
        (("-c", "project/../../x.config"), "-c project/../../x.config", "give -c project/NAME"),
        (("-lib", "classes"), "-lib classes", "as lib/"),
    ],
)
def test_files_of_this_computer_that_the_head_could_not_read(
    sandbox: Sandbox, lab: str, project: Path, words: tuple[str, ...], what: str, hint: str
) -> None:
    (project / ".hidden.config").write_text("")
    refused = refuse(sandbox, project, lab, words=tuple(word.format(project=project) for word in words))
    assert refused.what == f"the head cannot read {what.format(project=project)}"
    assert hint in refused.hint
    for pipeline in ("me/repository", f"s3://{BUCKET}/p"):
        sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/main.nf", Body=b"workflow { }")
        assert "the head cannot read" in refuse(sandbox, pipeline, lab, words=("-c", "x.config")).what


@pytest.mark.parametrize("words", [("-c",), ("-output-dir", "results"), ("-o=/scratch",)])
def test_options_whose_path_is_missing_or_on_the_heads_own_disk(
    sandbox: Sandbox, lab: str, project: Path, words: tuple[str, ...]
) -> None:
    assert re.search(r"-c has no path|is no address in S3", refuse(sandbox, project, lab, words=words).what)


@pytest.mark.parametrize(
    "words",
    [
        ("-c", "s3://lab-out/x.config"),
        ("-c", "https://example.org/x.config,project/nextflow.config"),
        ("-config", "./project/bin/count.sh"),
        ("-lib", "project/bin"),
        ("-output-dir", "s3://lab-out/x"),
    ],
)
def test_paths_that_the_head_can_read(sandbox: Sandbox, lab: str, project: Path, words: tuple[str, ...]) -> None:
    assert command.run(ask(project, lab, words=words), None, follows=False, yes=False, as_json=False) == 0
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/main.nf", Body=b"workflow { }")
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/conf/x.config", Body=b"")
    there = ask(f"s3://{BUCKET}/p", lab, name="second", words=("-c", "project/conf/x.config"))
    assert command.run(there, None, follows=False, yes=False, as_json=False) == 0


@pytest.mark.parametrize("option", ["output", "work"])
@pytest.mark.parametrize("address", ["results", "s3://", "/tmp/x"])
def test_folders_that_tasks_do_not_share(sandbox: Sandbox, lab: str, project: Path, option: str, address: str) -> None:
    assert "is no address in S3" in refuse(sandbox, project, lab, **{option: address}).what


def test_a_run_to_resume_that_is_not_there(sandbox: Sandbox, lab: str, project: Path) -> None:
    assert refuse(sandbox, project, lab, resume="nosuch").what == "there is no run nosuch to resume"
    assert refuse(sandbox, project, lab, resume="a", name="b").what == "--name and --resume name two runs"


def test_a_run_to_resume_whose_parameters_are_gone(sandbox: Sandbox, lab: str, project: Path, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("a: 1\n")
    asked = ask(project, lab, params=str(tmp_path / "p.yaml"))
    command.run(asked, None, follows=False, yes=False, as_json=False)
    [job] = sandbox.client("batch").list_jobs(jobQueue="head", filters=FIRST)["jobSummaryList"]
    sandbox.client("batch").terminate_job(jobId=job["jobId"], reason="killed")
    sandbox.client("s3").delete_object(Bucket=BUCKET, Key="_nextflow/heads/first/params.yaml")
    refused = refuse(sandbox, project, lab, resume="first")
    assert refused.what == "the parameters of first are gone"
    assert "--params FILE" in refused.hint


def test_a_bucket_that_is_missing(sandbox: Sandbox, lab: str, project: Path) -> None:
    there = "s3://nosuch-b/x"
    for more in ({"output": there}, {"work": there}, {"words": ("--outputDir", there)}):
        assert refuse(sandbox, project, lab, **more).what == "there is no bucket nosuch-b"
    sandbox.client("s3").delete_bucket(Bucket=BUCKET)
    assert refuse(sandbox, project, lab).what == f"the bucket {BUCKET} is missing"


def test_a_job_definition_that_is_missing(sandbox: Sandbox, lab: str, project: Path) -> None:
    sandbox.client("batch").deregister_job_definition(jobDefinition="nextflow:1")
    refused = refuse(sandbox, project, lab)
    assert refused.what == "there is no job definition nextflow in us-east-1"
    assert "nextflow-image --push" in refused.hint


def test_an_image_that_ecr_has_no_more(sandbox: Sandbox, lab: str, project: Path) -> None:
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nextflow@sha256:" + "0" * 64
    container = {"image": image, "resourceRequirements": asked}
    sandbox.client("batch").register_job_definition(
        jobDefinitionName="nextflow", type="container", containerProperties=container
    )
    assert "the image of Nextflow is missing" in refuse(sandbox, project, lab).what


def test_an_image_of_another_account_is_the_agents_to_find(sandbox: Sandbox, lab: str, project: Path) -> None:
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    image = "999999999999.dkr.ecr.us-east-1.amazonaws.com/nextflow@sha256:" + "0" * 64
    container = {"image": image, "resourceRequirements": asked}
    sandbox.client("batch").register_job_definition(
        jobDefinitionName="nextflow", type="container", containerProperties=container
    )
    denied = {"registryId": "999999999999"}
    sandbox.faults.add("DescribeImages", "AccessDeniedException", times=None, where=denied)
    assert command.run(ask(project, lab), None, follows=False, yes=False, as_json=False) == 0


def test_a_definition_that_takes_no_command(sandbox: Sandbox, lab: str, project: Path) -> None:
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    task = {"containers": [{"image": "busybox", "resourceRequirements": asked}]}
    sandbox.client("batch").register_job_definition(
        jobDefinitionName="nextflow", type="container", ecsProperties={"taskProperties": [task]}
    )
    refused = refuse(sandbox, project, lab)
    assert refused.what == "the job definition nextflow:2 is not of a single container"
    assert "deregister-job-definition --job-definition nextflow:2" in refused.hint


def test_queues_that_take_no_jobs(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = sandbox.client("batch")
    batch.update_job_queue(jobQueue="default", state="DISABLED")
    sandbox.clock.advance(60)
    assert command.run(ask(project, lab), None, follows=False, yes=False, as_json=False) == 0
    assert "! the queue default: it is DISABLED: tasks that are sent there fail" in capsys.readouterr().err
    batch.update_job_queue(jobQueue="head", state="DISABLED")
    sandbox.clock.advance(60)
    refused = refuse(sandbox, project, lab, name="second")
    assert (refused.what, refused.why) == ("the queue head takes no jobs", "it is DISABLED")


def test_two_folders_for_the_results(sandbox: Sandbox, lab: str, project: Path) -> None:
    words = ("--outputDir", "s3://lab-out/a")
    refused = refuse(sandbox, project, lab, output="s3://lab-out/b", words=words)
    assert refused.what == "--output s3://lab-out/b and the words behind -- name two folders"
    command.run(ask(project, lab, words=words, output="s3://lab-out/a/"), None, follows=False, yes=False, as_json=False)
    [job] = sandbox.client("batch").list_jobs(jobQueue="head", filters=FIRST)["jobSummaryList"]
    sandbox.client("batch").terminate_job(jobId=job["jobId"], reason="killed")
    assert "name two folders" in refuse(sandbox, project, lab, output="s3://lab-out/b", resume="first").what


def test_a_project_in_a_bucket_that_may_not_be_listed(sandbox: Sandbox, lab: str) -> None:
    """S3 denies access to a file that is not there, where the bucket may not be listed."""
    s3 = sandbox.client("s3")
    s3.put_object(Bucket="lab-out", Key="p/main.nf", Body=b"workflow { }")
    for name in ("nextflow.config", "nextflow_schema.json"):
        sandbox.faults.add(f"GET /lab-out/p/{name}", "AccessDenied", status=403, times=None)
    assert command.run(ask("s3://lab-out/p", lab), None, follows=False, yes=False, as_json=False) == 0
    sandbox.faults.add("GET /lab-out/p/main.nf", "AccessDenied", status=403, times=None)
    refused = told(
        lambda: command.run(ask("s3://lab-out/p", lab, name="b"), None, follows=False, yes=False, as_json=False)
    )
    assert refused.what == "the credentials may not call GetObject"


@pytest.mark.parametrize(
    "config",
    [
        "manifest {\n  // mainScript = 'old.nf'\n  mainScript = './run.nf'\n}\n",
        "manifest {\n  homePage = 'https://x/y'  /* mainScript = 'old.nf' */\n  mainScript = 'run.nf'\n}\n",
        "// manifest.mainScript = 'old.nf'\nmanifest.mainScript = 'run.nf'\n",
        'manifest { description = "a ${b} c"; mainScript = "run.nf" }\n',
        "manifest {\n  description = '''it\ngoes on'''\n  mainScript = 'run.nf'\n}\n",
    ],
)
def test_the_script_that_a_manifest_names(sandbox: Sandbox, lab: str, config: str) -> None:
    s3 = sandbox.client("s3")
    s3.put_object(Bucket="lab-out", Key="p/run.nf", Body=b"workflow { }")
    s3.put_object(Bucket="lab-out", Key="p/nextflow.config", Body=config.encode())
    assert command.run(ask("s3://lab-out/p", lab), None, follows=False, yes=False, as_json=False) == 0


def test_no_login_is_in_the_name_of_a_run() -> None:
    now = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    for named, stem in (("https://me:hidden@host", "host"), ("git@host:x.git", "host-x"), ("me/salmon", "salmon")):
        assert names.make(named, now).startswith(f"{stem}-20261128-0930-")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("main.nf", "params.results = 'x'\nprocess A {\n  output:\n  path 'y'\n}\n", "results"),
        ("main.nf", "process A {\n  output:\n  path 'y'\n}\n", ""),
        ("nextflow.config", "process {\n  publishDir = [path: params.results]\n}\n", "results"),
        ("nextflow.config", "params {\n  genomes { hg38 = 'x' }\n  outputDir = 'y'\n}\n", "outputDir"),
        ("nextflow.config", "params { reads = 1; output_dir = 'y' }", "output_dir"),
        ("main.nf", "params {\n  outdir: Path = 'x'\n}\n", "outdir"),
        ("main.nf", 'publishDir "${params.outDir}/x"', "outDir"),
        ("nextflow_schema.json", '{"properties": {"outdir": {}}}', "outdir"),
        ("nextflow.config", "params {" * 20_000, ""),
    ],
)
def test_the_parameter_of_the_results(name: str, text: str, found: str) -> None:
    assert find_output_parameter({name: text}) == found


def test_a_manifest_without_end_is_none() -> None:
    """In no time: each of its beginnings is given up at the next."""
    assert find_main_script("manifest {" * 20_000) == "main.nf"


def test_an_environment_without_a_queue_for_heads(sandbox: Sandbox, tmp_path: Path, project: Path) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    assert refuse(sandbox, project, env).what == "small has no queue for head jobs"


def test_an_environment_that_is_not_registered(sandbox: Sandbox, tmp_path: Path, project: Path) -> None:
    env = tools.define(tmp_path)
    spec = definitions.load(env)
    sandbox.client("s3").create_bucket(Bucket=spec.bucket_name("work", "123456789012", "us-east-1"))
    assert refuse(sandbox, project, env).what == "there is no environment small in us-east-1"


@pytest.mark.parametrize("address", ["s3://a/b c", "s3://a/$x", "s3://a/it's", "s3://a/[1]"])
def test_work_folders_that_a_head_does_not_take(sandbox: Sandbox, lab: str, project: Path, address: str) -> None:
    assert f"--work {address} holds" in refuse(sandbox, project, lab, work=address).what
