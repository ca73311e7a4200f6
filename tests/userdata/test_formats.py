"""Texts for cloud-init that are no part of Kiln's user data: which they are, and what to write in their place."""

import base64
import gzip

import pytest

from userdata import formats

ARCHIVE = """#cloud-config-archive
- type: text/cloud-config
  content: |
    packages: [jq]
- |
  #!/bin/bash
  echo hi
- {type: text/cloud-boothook, filename: early.sh, content: echo early}
"""
PACKED = base64.b64encode(gzip.compress(b"#!/bin/bash\necho hi\n" * 9, mtime=0)).decode()
TEXTS = {
    ("cloud-config", ARCHIVE): ("is a whole archive of cloud-configs", "{name: early.sh, type: boothook"),
    ("cloud-config", "## template: jinja\n#cloud-config\nruncmd: [echo]\n"): (
        "is a jinja template",
        "cloud-init query",
    ),
    ("shell-script", "## template:jinja\n#!/bin/sh\n"): ("is a jinja template", "cloud-init query"),
    ("cloud-config", "#include\nhttps://example.org/a\n"): ("only names addresses", "curl"),
    ("shell-script", "#include-once https://example.org/a.sh\n"): ("only names addresses", "curl"),
    ("shell-script", "#part-handler\ndef list_types(): pass\n"): ("teaches cloud-init", "cloud-config, shell-script"),
    ("shell-script", "#upstart-job\nexec x\n"): ("is a job of upstart", "systemd"),
    ("shell-script", PACKED): ("is packed", "base64 -d FILE | gunzip"),
    ("cloud-config", PACKED): ("is packed", "base64 -d FILE | gunzip"),
    ("shell-script", "\ufeff#!/bin/bash\necho\n"): ("begins with a byte order mark", "UTF-8 without"),
    ("shell-script", "   \n\n#!/bin/bash\necho\n"): ("begins with blanks", "#!/bin/bash"),
    ("cloud-config", "\n#cloud-config\na: 1\n"): ("begins with blanks", "#cloud-config"),
    ("shell-script", "#cloud-config\na: 1\n"): ("is a cloud-config", "type: cloud-config"),
    ("cloud-config", "#!/bin/bash\necho\n"): ("is a shell-script", "type: shell-script"),
    ("shell-script", "#cloud-boothook\necho\n"): ("is a boothook", "type: boothook"),
    ("boothook", "#!/bin/bash\necho\n"): ("is not a boothook", "#cloud-boothook above"),
    ("cloud-config", "# cloud-config\na: 1\n"): ("is not a cloud-config", "without a blank"),
    ("cloud-config", "#cloud config\na: 1\n"): ("is not a cloud-config", "Write #cloud-config"),
    ("shell-script", "yum install -y jq\n"): ("is not a shell-script", "#!/bin/bash"),
    ("cloud-config", "packages: [jq]\n"): ("is not a cloud-config", "#cloud-config as its first line, or"),
}


@pytest.mark.parametrize(("type_", "text"), TEXTS)
def test_section_2_which_format_it_is_and_what_to_write(type_: str, text: str) -> None:
    what, hint = TEXTS[type_, text]
    finding = formats.refuse("own", type_, text)
    assert finding
    assert finding.refused
    assert finding.what.startswith("user data: the part own ")
    assert what in finding.what
    assert hint in finding.hint
    assert finding.why


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("shell-script", "#!/bin/bash\n#include nothing\n"),
        ("shell-script", "#!/usr/bin/env python3\n"),
        ("cloud-config", "#cloud-config\nruncmd: [echo]\n"),
        ("cloud-config", "#cloud-config  \n# a comment\npackages: [jq]\n"),
        ("boothook", "#cloud-boothook\n#!/bin/sh\necho\n"),
    ],
)
def test_parts_as_they_should_be_are_fine(type_: str, text: str) -> None:
    assert formats.refuse("own", type_, text) is None
