"""Uploading: what is there unchanged stays as it is, what was broken off goes on, what differs is sent."""

import os
from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from kiln.errors import UserError
from nextflow.upload import etags, sending
from nextflow.upload.etags import MIB
from nextflow.upload.folder import upload_folder
from nextflow.upload.work import Progress, Work
from sandbox.inprocess import Sandbox

BUCKET = "data"


@pytest.fixture
def s3(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Parts of 5 MiB, the smallest that S3 takes, so that a file of a few parts is small."""
    monkeypatch.setattr(etags, "PART", 5 * MIB)
    client = Cloud().client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reads" / "b").mkdir(parents=True)
    (tmp_path / "reads" / "a.txt").write_bytes(b"a")
    (tmp_path / "reads" / "b" / "empty").write_bytes(b"")
    (tmp_path / "reads" / "large").write_bytes(os.urandom(11 * MIB))
    return tmp_path / "reads"


def counts(progress: Progress) -> tuple[int, int, int]:
    assert (progress.done, progress.done_files) == (progress.size, progress.files)
    return progress.sent_files, progress.unchanged, progress.sent


def writes(sandbox: Sandbox) -> list[str]:
    return [call.action for call in sandbox.calls.all() if call.action.startswith(("PUT", "POST"))]


def test_all_of_it_is_there_and_a_second_time_nothing_is_written(sandbox: Sandbox, s3: Any, folder: Path) -> None:
    first = upload_folder(s3, folder, BUCKET, "in/reads")
    assert first.address == "s3://data/in/reads"
    assert counts(first.progress) == (3, 0, 11 * MIB + 1)
    for name in ("a.txt", "b/empty", "large"):
        body = s3.get_object(Bucket=BUCKET, Key=f"in/reads/{name}")["Body"].read()
        assert body == (folder / name).read_bytes()
    before = {item["Key"]: item["LastModified"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
    sandbox.clock.advance(60)
    sandbox.calls.clear()
    for name in ("a.txt", "large"):
        os.utime(folder / name)  # a clone of the same files has other times
    again = upload_folder(s3, folder, BUCKET, "in/reads")
    assert counts(again.progress) == (0, 3, 0)
    assert writes(sandbox) == []
    assert {item["Key"]: item["LastModified"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]} == before


def test_at_the_top_of_a_bucket_too_nothing_is_sent_twice(s3: Any, folder: Path) -> None:
    assert counts(upload_folder(s3, folder, BUCKET, "").progress) == (3, 0, 11 * MIB + 1)
    assert counts(upload_folder(s3, folder, BUCKET, "").progress) == (0, 3, 0)


def test_what_differs_is_sent_also_where_its_size_and_time_are_as_before(s3: Any, folder: Path) -> None:
    upload_folder(s3, folder, BUCKET, "in")
    there = (folder / "a.txt").stat()
    (folder / "a.txt").write_bytes(b"b")
    os.utime(folder / "a.txt", ns=(there.st_atime_ns, there.st_mtime_ns))
    assert counts(upload_folder(s3, folder, BUCKET, "in").progress) == (1, 2, 1)
    assert s3.get_object(Bucket=BUCKET, Key="in/a.txt")["Body"].read() == b"b"


def test_what_another_program_uploaded_in_parts_of_its_own_size_is_unchanged(s3: Any, folder: Path) -> None:
    content = (folder / "large").read_bytes()
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="in/large")["UploadId"]
    parts = []
    for number, offset in enumerate(range(0, len(content), 8 * MIB), 1):
        part = content[offset : offset + 8 * MIB]
        sent = s3.upload_part(Bucket=BUCKET, Key="in/large", UploadId=upload, PartNumber=number, Body=part)
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    s3.complete_multipart_upload(Bucket=BUCKET, Key="in/large", UploadId=upload, MultipartUpload={"Parts": parts})
    assert counts(upload_folder(s3, folder, BUCKET, "in", ["large"]).progress) == (0, 1, 0)


def test_an_upload_that_was_broken_off_goes_on(
    sandbox: Sandbox, s3: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sending.send_part

    def send(file: Any, place: Any, parts: Any, number: int) -> int:
        if number == 3:
            raise KeyboardInterrupt
        return whole(file, place, parts, number)

    monkeypatch.setattr(sending, "send_part", send)
    with pytest.raises(KeyboardInterrupt):
        upload_folder(s3, folder, BUCKET, "in")
    [upload] = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    sent = s3.list_parts(Bucket=BUCKET, Key="in/large", UploadId=upload["UploadId"]).get("Parts", [])
    monkeypatch.setattr(sending, "send_part", whole)
    with (folder / "large").open("r+b") as file:
        file.write(b"changed")  # the first part is another one now
    missing = 11 * MIB - sum(part["Size"] for part in sent if part["PartNumber"] == 2)
    done = upload_folder(s3, folder, BUCKET, "in", ["large"])
    assert counts(done.progress) == (1, 0, missing)
    assert s3.get_object(Bucket=BUCKET, Key="in/large")["Body"].read() == (folder / "large").read_bytes()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_a_broken_upload_of_other_parts_is_left_alone(s3: Any, folder: Path) -> None:
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="in/large")["UploadId"]
    s3.upload_part(Bucket=BUCKET, Key="in/large", UploadId=upload, PartNumber=1, Body=b"x" * (6 * MIB))
    assert counts(upload_folder(s3, folder, BUCKET, "in", ["large"]).progress) == (1, 0, 11 * MIB)
    assert [left["UploadId"] for left in s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == [upload]


def test_a_file_that_changes_meanwhile_is_refused(s3: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def read_and_write(self: Path) -> bytes:
        content = read(self)
        self.write_bytes(content + b"more")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_write)
    with pytest.raises(UserError) as refused:
        upload_folder(s3, folder, BUCKET, "in", ["a.txt"])
    assert "changed while it was uploaded" in str(refused.value)


@pytest.mark.parametrize("name", ["a.txt", "large"])
def test_a_file_that_is_gone_meanwhile_is_told_in_words(
    s3: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    look = Work._look

    def look_late(self: Work, file: Any, place: Any, remote: Any) -> Any:
        state = look(self, file, place, remote) if name == "large" else None
        (folder / name).unlink()
        return look(self, file, place, remote) if name == "a.txt" else state

    monkeypatch.setattr(Work, "_look", look_late)
    with pytest.raises(UserError, match=f"{name} cannot be read any more"):
        upload_folder(s3, folder, BUCKET, "in", [name])


@pytest.mark.parametrize(("same", "sent"), [(True, 0), (False, 1)])
def test_with_a_key_of_kms_the_time_beside_the_object_decides(s3: Any, folder: Path, same: bool, sent: int) -> None:
    described = {"ServerSideEncryption": "aws:kms", "Metadata": {"mtime": "1.000000000"}}

    class Encrypted:
        """S3 with ETags that are no MD5s."""

        def head_object(self, **query: str) -> dict[str, Any]:
            return described

    os.utime(folder / "a.txt", ns=(1_000_000_000, 1_000_000_000 if same else 2_000_000_000))
    [file] = sending_files(folder)
    place = sending.Place(Encrypted(), BUCKET, "a")
    assert sending.is_unchanged(file, place, etags.Remote(1, "0" * 32)) is (not sent)


def sending_files(folder: Path) -> Any:
    from nextflow.upload.files import list_files

    return list_files(folder, ["a.txt"])


def test_the_size_of_parts_holds_for_five_terabytes() -> None:
    assert etags.part_size(1) == etags.PART
    assert len(etags.list_parts(5 * 1024**4)) <= 10_000
    assert etags.part_size(5 * 1024**4) % MIB == 0
