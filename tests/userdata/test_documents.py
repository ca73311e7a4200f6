"""A whole MIME document given as one part."""

import base64

import pytest

from userdata import documents

MIME = """Content-Type: multipart/mixed; boundary="==B=="
MIME-Version: 1.0

--==B==
Content-Type: text/cloud-boothook; charset="us-ascii"

#cloud-boothook
echo early

--==B==
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Disposition: attachment; filename="late.sh"

#!/bin/bash
echo late

--==B==--
"""
PACKED = base64.b64encode(MIME.encode()).decode()
SWAPPED = "MIME-Version: 1.0\n" + MIME.replace("MIME-Version: 1.0\n", "")


@pytest.mark.parametrize(
    "text",
    [
        MIME,
        SWAPPED,
        "\n" + MIME,
        "From nobody Thu Jan  1 00:00:00 1970\n" + MIME,
        base64.b64encode(MIME.encode()).decode(),
    ],
)
def test_a_whole_mime_document_is_told_and_how_its_parts_are_written(text: str) -> None:
    finding = documents.refuse("own", text)
    assert finding is not None
    assert finding.refused
    assert finding.what == "user data: the part own is a whole MIME document"
    assert "  - {name: part-1, type: boothook, source: part-1}" in finding.hint
    assert "  - {name: late.sh, type: shell-script, source: late.sh}" in finding.hint


@pytest.mark.parametrize(
    "text", ["#!/bin/bash\necho MIME-Version: 1.0\n", "#cloud-config\na: 1\n", "", "hello\n", "abcd" * 20]
)
def test_other_texts_are_none(text: str) -> None:
    assert documents.refuse("own", text) is None
