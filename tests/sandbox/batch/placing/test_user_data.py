"""Batch's own part in the user data: its settings before the template's parts, its cluster's name behind them."""

import base64
from email import message_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.batch.placing.user_data import merge

MINE = (
    'Content-Type: multipart/mixed; boundary="==MINE=="\r\nMIME-Version: 1.0\r\n\r\n'
    '--==MINE==\r\nContent-Type: text/cloud-boothook; charset="us-ascii"\r\n\r\n#!/bin/sh\r\necho one  \r\n\r\n'
    "--==MINE==\nContent-Type: text/cloud-config\n\n#cloud-config\nruncmd: [true]\n--==MINE==--\n"
)


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def read(merged: str) -> list[tuple[str, str]]:
    """Type and body of each part."""
    message = message_from_bytes(base64.b64decode(merged))
    assert message.get_content_type() == "multipart/mixed"
    return [(part.get_content_type(), str(part.get_payload())) for part in message.walk() if not part.is_multipart()]


def test_without_a_template() -> None:
    first, last = read(merge("AWSBatch-one-1", 3, None))
    assert first[0] == last[0] == "text/x-shellscript"
    lines = first[1].splitlines()
    assert lines[:2] == ["#!/bin/bash", "echo ECS_CLUSTER=AWSBatch-one-1>>/etc/ecs/ecs.config"]
    assert "echo ECS_RESERVED_MEMORY=32>>/etc/ecs/ecs.config" in lines
    attribute = '{\\"com.amazonaws.batch.compute-environment-revision\\":\\"3\\"}'
    assert f"echo ECS_INSTANCE_ATTRIBUTES={attribute}>>/etc/ecs/ecs.config" in lines
    assert last[1].splitlines() == lines[:2]


def test_the_templates_parts_stand_between_and_are_kept_to_the_letter() -> None:
    parts = read(merge("c", 0, encode(MINE)))
    assert [kind for kind, _ in parts] == [
        "text/x-shellscript", "text/cloud-boothook", "text/cloud-config", "text/x-shellscript",
    ]  # fmt: skip
    text = base64.b64decode(merge("c", 0, encode(MINE))).decode()
    assert 'Content-Type: text/cloud-boothook; charset="us-ascii"\r\n\r\n#!/bin/sh\r\necho one  \r\n' in text
    assert parts[2][1] == "#cloud-config\nruncmd: [true]"


def test_a_boundary_like_batchs_own() -> None:
    parts = read(merge("c", 0, encode(MINE.replace("MINE", "BOUNDARY"))))
    assert len(parts) == 4
    inner = MINE.replace("echo one", "echo '--==BOUNDARY=='")
    assert len(read(merge("c", 0, encode(inner)))) == 4


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r"), max_size=40), min_size=1, max_size=4))
def test_any_bodies(bodies: list[str]) -> None:
    parts = "".join(f"--=x=\nContent-Type: text/x-shellscript\n\n{body}\n" for body in bodies)
    given_ = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=x="\n\n{parts}--=x=--\n'
    merged = read(merge("c", 0, encode(given_)))
    assert merged[1:-1] == read(encode(given_))
