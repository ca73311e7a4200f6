"""A shell script packed as tightly as plain text allows, for one that would not fit into 16 KiB otherwise.

LZMA in base 85 takes about a tenth less room than the gzip in base64 that cloud-init unpacks by itself. The machine
unpacks it with the Python that cloud-init runs on; Amazon Linux 2 has Python 2 there, which knows neither.
"""

import base64
import lzma

from kiln.errors import UserError
from provision.model.recipe import Family
from userdata.parts import ShellScript

_LINE = 900
_MOST = 4 * 1024 * 1024
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 20, "pb": 0}]

# What cannot be unpacked is no prepared machine: the agent is kept from starting, as by a step that fails.
_HEAD = r"""#!/bin/bash
# Packed by Kiln; invoke show-user-data shows what is in it.
python3 - "$0" <<'END' && exec bash /run/kiln-boot.sh
import base64,lzma,sys
text=open(sys.argv[1]).read().split("\nexit 1\n",1)[1].replace("\n","")
open("/run/kiln-boot.sh","wb").write(lzma.decompress(base64.b85decode(text)))
END
systemctl mask ecs
systemctl --no-block stop ecs
exit 1
"""


def is_possible(family: Family) -> bool:
    """Whether machines of a family of base images can unpack it."""
    return family == "al2023"


def pack(script: ShellScript) -> ShellScript:
    """A bash script as one that unpacks and becomes it; equal texts give equal ones."""
    packed = lzma.compress(script.text.encode(), format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_FILTERS)
    text = base64.b85encode(packed).decode()
    lines = [text[begin : begin + _LINE] for begin in range(0, len(text), _LINE)]
    return ShellScript(script.name, _HEAD + "\n".join([*lines, ""]))


def unpack(text: str) -> str | None:
    """The script inside a packed one; None for any other text. Raises UserError for a damaged one."""
    if not text.startswith(_HEAD):
        return None
    try:
        decoder = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
        script = decoder.decompress(base64.b85decode(text[len(_HEAD) :].replace("\n", "")), _MOST)
        if not decoder.eof:
            raise ValueError("it ends too early, or is larger than user data can be")
    except (lzma.LZMAError, ValueError, EOFError) as error:
        raise UserError("a packed script cannot be unpacked", str(error)) from None
    return script.decode(errors="replace")
