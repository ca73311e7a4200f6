"""`invoke upload` as a person types it."""

from pathlib import Path

import pytest

from environments.spec import definitions
from environments.spec.storage import Bucket
from kiln.errors import Exit, UserError
from nextflow.upload import command, destination, parameter
from nextflow.upload.folder import Uploaded
from nextflow.upload.work import Progress
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.runs import DOCUMENTS
from tests.support.typed import keys

SALMON = "salmon-123456789012-us-east-1"
INDEX = f"s3://{SALMON}/indices/salmon/gencode.v28.IMPACT"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "gencode.v28.IMPACT"
    folder.mkdir()
    (folder / "hash.bin").write_bytes(b"x")
    return folder


def test_an_index_goes_to_the_environments_bucket_and_is_offered(
    sandbox: Sandbox, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools.register("salmon")
    sandbox.client("s3").delete_bucket_policy(Bucket=SALMON)  # the offline AWS has no TLS here
    done = command.upload(str(index), "", [], "salmon", None, as_json=False)
    out = capsys.readouterr().out
    assert done == Exit.DONE
    assert f"✓ s3://{SALMON}/gencode.v28.IMPACT" in out
    assert "1 file sent (1 B), 0 unchanged" in out
    assert f"-- --salmonIndex s3://{SALMON}/gencode.v28.IMPACT" in out
    command.upload(str(index), "indices/salmon/gencode.v28.IMPACT", [], "salmon", None, as_json=False)
    assert "salmonIndex: salmon's configuration has this address" in capsys.readouterr().out


def test_a_file_goes_under_its_own_name_once(sandbox: Sandbox, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools.register("salmon")
    s3 = sandbox.client("s3")
    s3.delete_bucket_policy(Bucket=SALMON)  # the offline AWS has no TLS here
    file = str(index / "hash.bin")
    for to, key in (
        ("", "hash.bin"),
        ("in/x", "in/x/hash.bin"),
        ("y/hash.bin", "y/hash.bin"),
        ("z/hash.bin/", "z/hash.bin/hash.bin"),
    ):
        command.upload(file, to, [], "salmon", None, as_json=False)
        assert f"✓ s3://{SALMON}/{key}\n" in capsys.readouterr().out
        assert s3.get_object(Bucket=SALMON, Key=key)["Body"].read() == b"x"
    assert {item["Key"] for item in s3.list_objects_v2(Bucket=SALMON)["Contents"]} == {
        "hash.bin", "in/x/hash.bin", "y/hash.bin", "z/hash.bin/hash.bin",
    }  # fmt: skip


def test_a_file_that_the_definition_names_goes_where_its_parameter_is(
    sandbox: Sandbox, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = index / "hash.bin"
    env = tools.define(tmp_path)
    params = f"awsbatch: {{salmonIndex: 's3://{{bucket}}/in/hash.bin'}}, slurm: {{salmonIndex: '{file}'}}"
    with Path(env).open("a") as definition:
        definition.write(f"nextflow: {{params: {{{params}}}}}\n")
    tools.register(env)
    (bucket,) = (bucket["Name"] for bucket in sandbox.client("s3").list_buckets()["Buckets"])
    sandbox.client("s3").delete_bucket_policy(Bucket=bucket)  # the offline AWS has no TLS here
    command.upload(str(file), "", [], env, None, as_json=False)
    out = capsys.readouterr().out
    assert f"✓ s3://{bucket}/in/hash.bin\n" in out
    assert "salmonIndex: small's configuration has this address" in out


def test_a_folder_that_the_definition_names_goes_where_its_parameter_is() -> None:
    spec = definitions.load("salmon")
    local = Path("/groups/Software/indices/hg38/salmon/gencode.v28.IMPACT")
    assert parameter.find_prefix(spec, local, SALMON) == "indices/salmon/gencode.v28.IMPACT"
    assert parameter.find_parameter(spec, local, SALMON, INDEX) == parameter.Parameter("salmonIndex", INDEX, True)
    named = parameter.find_parameter(spec, Path("/data/my_index"), SALMON, "s3://b/x")
    assert named == parameter.Parameter("salmonIndex", INDEX, certain=False)
    assert parameter.find_parameter(spec, Path("/data/salmon/fastq"), SALMON, "s3://b/x") is None


@pytest.mark.parametrize(
    ("to", "key", "fault"),
    [
        ("a/b/", "a/b", ""),
        ("/a", "a", ""),
        ("s3://data/a", "a", ""),
        ("s3://other/a", "", "is not in the environment's bucket"),
        ("a//b", "", "is no folder in S3"),
        ("../a", "", "is no folder in S3"),
        ("a\udcff", "", "its name is not UTF-8"),
        ("_nextflow/runs/x", "", "where runs keep their own files"),
    ],
)
def test_where_it_goes(to: str, key: str, fault: str) -> None:
    if not fault:
        assert destination.find_key(to, "data") == key
        return
    with pytest.raises(UserError) as refused:
        destination.find_key(to, "data")
    assert fault in str(refused.value)


def test_a_folder_that_is_typed_as_dots_goes_under_its_own_name(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (index / "sub").mkdir()
    monkeypatch.chdir(index / "sub")
    spec = definitions.load("salmon")
    assert [parameter.find_prefix(spec, Path(typed), SALMON) for typed in (".", "..")] == ["sub", index.name]


def test_what_the_bucket_deletes_by_age_is_told() -> None:
    bucket = Bucket.model_validate({"expire": "work/"})
    assert "under work/ after 90 days" in destination.warn_of_age("work/in", bucket)
    assert destination.warn_of_age("workshop", bucket) == ""


def test_without_a_bucket(sandbox: Sandbox, index: Path) -> None:
    with pytest.raises(UserError) as refused:
        command.upload(str(index), "", [], "salmon", None, as_json=False)
    assert "register-env" in refused.value.hint


def test_the_document_for_programs(index: Path) -> None:
    progress = Progress(files=2, size=10, done_files=2, done=10, sent_files=1, sent=4)
    document = command.make_document(Uploaded("s3://b/in", progress), None, "salmon", 1.0)
    assert keys(document) == DOCUMENTS["upload"]
    assert (document["sent"], document["unchanged"]) == (1, 1)
