"""Texts that several kinds of definitions hold: what each may be, in words and with an example."""

from typing import Annotated

from pydantic import Field

from kiln.keys.takes import Takes

Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$"),
    Takes("a SHA-256: 64 signs of 0-9 and a-f", "848194851a98903134187fbb4ab50efe87b003e0c0f808f97644b7524a62bf2c"),
]
Url = Annotated[str, Field(pattern=r"^https?://\S+$"), Takes("an address", "https://mirror.example.org/installer.sh")]
Script = Annotated[str, Takes("a bash script, as a block of lines behind |", '"yum list installed"')]
Text = Annotated[str, Takes("the text itself, as a block of lines behind |", '"export LANG=C.UTF-8"')]
LocalFile = Annotated[str, Field(min_length=1), Takes("the path of a file beside this definition", "setup.sh")]
User = Annotated[
    str,
    Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$"),
    Takes("a login user: up to 32 small letters, digits, '_' and '-'", "ec2-user"),
]
