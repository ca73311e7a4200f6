"""Public host keys in texts, as tests read them."""

import paramiko
import pytest

from tests.support.host_keys import from_console, from_line
from tests.support.keys import new_key

BEGIN, END = "-----BEGIN SSH HOST KEY KEYS-----", "-----END SSH HOST KEY KEYS-----"


def line(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()} root@ip-10-0-0-1"


def test_keys_between_the_marks() -> None:
    keys = [new_key(), paramiko.ECDSAKey.generate(), paramiko.RSAKey.generate(2048)]
    console = "\r\n".join(["boot", line(new_key()), BEGIN, *map(line, keys), END, "login:"])
    assert from_console(console) == keys


def test_the_last_print_counts() -> None:
    old, new = new_key(), new_key()
    assert from_console("\n".join([BEGIN, line(old), END, "reboot", BEGIN, line(new), END])) == [new]


def test_a_print_that_is_not_complete_is_none() -> None:
    assert from_console("\n".join([BEGIN, line(new_key())])) == []
    assert from_console("") == []


def test_prefixes_and_torn_lines() -> None:
    key = new_key()
    torn = line(new_key())[:40]
    assert from_console("\n".join([BEGIN, f"[   12.345678] cloud-init[812]: {line(key)}", torn, END])) == [key]


@pytest.mark.parametrize("text", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-nonsense AAAAC3NzaC1lZDI1NTE5"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="public key"):
        from_line(text)
