"""User data as MIME: read back by the standard library's parser, byte for byte the same, never above 16 KiB."""

import gzip
import hashlib
import random
import subprocess
import sys
from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiln.errors import UserError
from userdata.decode import Decoded, decode, from_base64
from userdata.mime import LIMIT, compose
from userdata.parts import Boothook, CloudConfig, Part, ShellScript

CONFIG = CloudConfig("time", "#cloud-config\ntimezone: Europe/Berlin\n")
SCRIPT = ShellScript("run", "#!/bin/bash\n" + "echo hello\n" * 200)
UMLAUT = ShellScript("umlaut", "#!/bin/sh\necho Köln — " + "grüß Gott " * 100)
HOOK = Boothook("early", "#cloud-boothook\n#!/bin/sh\ntrue")
PARTS = (CONFIG, HOOK, SCRIPT, UMLAUT)


def leaves(data: bytes) -> list[Message]:
    return [part for part in message_from_bytes(data).walk() if not part.is_multipart()]


def payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def noise(size: int) -> str:
    """ASCII that does not compress below three quarters of its size."""
    return "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=size))


def test_the_standard_library_reads_every_part() -> None:
    message = message_from_bytes(compose(PARTS))
    assert message.get_content_type() == "multipart/mixed"
    assert message["MIME-Version"] == "1.0"
    assert not message.defects
    found = leaves(compose(PARTS))
    assert [part.get_content_type() for part in found] == [
        "text/cloud-config", "text/cloud-boothook", "application/gzip", "text/x-shellscript",
    ]  # fmt: skip
    assert payload(found[0]).decode() == CONFIG.text
    assert payload(found[1]).decode() == HOOK.text
    assert gzip.decompress(payload(found[2])).decode() == SCRIPT.text
    assert payload(found[3]).decode("utf-8") == UMLAUT.text
    assert all(not part.defects for part in found)


def test_scripts_run_in_their_order() -> None:
    """cloud-init runs them in the order of their file names."""
    names = [str(part.get_filename()) for part in leaves(compose((SCRIPT, CONFIG, ShellScript("a", "#!/bin/sh\n"))))]
    assert names == sorted(names) == ["00-run", "01-time", "02-a"]


def test_only_what_pays_is_compressed_and_only_ascii() -> None:
    small, large, umlaut = leaves(compose((CONFIG, SCRIPT, UMLAUT)))
    assert small["Content-Transfer-Encoding"] == "7bit"
    assert large["Content-Transfer-Encoding"] == "base64"
    assert len(str(large.get_payload())) < len(SCRIPT.text) / 4
    assert umlaut.get_content_type() == "text/x-shellscript"


def test_nothing_is_no_user_data() -> None:
    assert compose(()) == b""


def test_it_is_the_same_in_every_process() -> None:
    script = (
        "import hashlib; from tests.userdata.test_mime import PARTS, compose; "
        "print(hashlib.sha256(compose(PARTS)).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == hashlib.sha256(compose(PARTS)).hexdigest()


def test_the_boundary_follows_the_content() -> None:
    boundaries = {message_from_bytes(compose((each,))).get_boundary() for each in PARTS}
    assert len(boundaries) == len(PARTS)


def test_sixteen_kib_is_the_limit_to_the_byte() -> None:
    def script(size: int) -> ShellScript:
        return ShellScript("x", "#!/bin/sh\n" + "\n".join(noise(size)[n : n + 900] for n in range(0, size, 900)))

    fitting, too_large = 0, 20000
    while too_large - fitting > 1:
        middle = (fitting + too_large) // 2
        fitting, too_large = (middle, too_large) if _fits(script(middle)) else (fitting, middle)
    assert LIMIT - 40 <= len(compose((script(fitting),))) <= LIMIT
    with pytest.raises(UserError):
        compose((script(too_large),))


def _fits(part: Part) -> bool:
    try:
        return len(compose((part,))) <= LIMIT
    except UserError:
        return False


def test_too_much_names_the_largest_part() -> None:
    large = ShellScript("reference-genomes", "#!/bin/sh\n" + noise(24000))
    with pytest.raises(UserError) as caught:
        compose((CONFIG, large, SCRIPT))
    assert "16384 are allowed" in caught.value.what
    assert "its largest part is reference-genomes" in caught.value.why
    assert "time" in caught.value.why


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        (ShellScript, "a", "echo no interpreter\n"),
        (CloudConfig, "a", "timezone: Europe/Berlin\n"),
        (Boothook, "a", "#!/bin/sh\n"),
        (ShellScript, "../a", "#!/bin/sh\n"),
        (ShellScript, 'a"b', "#!/bin/sh\n"),
    ],
)
def test_a_part_is_what_it_says(kind: type[Part], name: str, text: str) -> None:
    with pytest.raises(UserError):
        kind(name, text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=300), max_size=4))
def test_whatever_is_composed_is_decoded_to_the_same(texts: list[str]) -> None:
    parts = [ShellScript(f"p{n}", "#!/bin/sh\n" + text) for n, text in enumerate(texts)]
    decoded = decode(compose(parts))
    assert [(part.name, part.text) for part in decoded] == [
        (f"{n:02d}-{part.name}", part.text) for n, part in enumerate(parts)
    ]


def test_decoding_says_what_each_part_is() -> None:
    found = decode(compose(PARTS))
    assert [(part.kind, part.encoding) for part in found] == [
        ("cloud-config", "plain"), ("boothook", "plain"), ("shell-script", "gzip"), ("shell-script", "base64"),
    ]  # fmt: skip
    assert found[2].packed < len(SCRIPT.text)


def test_other_user_data_is_decoded_too() -> None:
    assert decode(b"") == ()
    assert decode(b"#!/bin/sh\ntrue\n") == (Decoded("user-data", "shell-script", "#!/bin/sh\ntrue\n", 15, "plain"),)
    assert decode(gzip.compress(b"#cloud-config\na: 1\n"))[0].kind == "cloud-config"
    assert decode(gzip.compress(compose(PARTS)))[3].text == UMLAUT.text
    others = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="==B=="\n\n--==B==\nContent-Type: ' \
             b'text/cloud-config; charset="us-ascii"\n\npackages:\n- jq\n\n--==B==--\n'  # fmt: skip
    assert decode(others) == (Decoded("part-001", "cloud-config", "packages:\n- jq\n", 15, "plain"),)


def test_damaged_user_data_is_said_to_be() -> None:
    with pytest.raises(UserError, match="decompressed"):
        decode(gzip.compress(b"#!/bin/sh\n" * 50)[:-9])
    with pytest.raises(UserError, match="more than"):
        decode(gzip.compress(b"\0" * (5 * 1024 * 1024)))
    with pytest.raises(UserError, match="cannot be read"):
        from_base64("no base64!")
