"""Values that look like secrets are never printed (pure)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from kiln.secrets.credentials import HIDDEN, find_credential, hide_credentials

_NAME = re.compile(
    r"(pass(word|wd|phrase|code)"  # whatever stands before it: PGPASSWORD
    r"|(^|[_.-])(pwd|secret|token|credential|bearer|key_?id|auth(orization)?"
    r"|jwt|cookie|(api|private|access|secret|account|session|signing|encryption|licen[cs]e|ssh)_?key)"
    r"|(^|(db|database|user|admin|root|login|smtp|ftp|http|proxy|sql|mysql|postgres|pg|redis)_?)pass"
    r")s?(_(value|string|text))?(_?\d+)?$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# A name begins where a word does, and has an end: else a long text would be read from each of its letters on.
_ASSIGNED = re.compile(r"(?<!\w)(?P<name>[A-Za-z_][\w.-]{0,100})[\"']?\s*[=:]\s*")
_OPTION = re.compile(r"(?<!\w)(?P<name>--?[A-Za-z][\w.-]{0,100})\s+(?!-)")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|(Bearer |Basic )?[^\s;&|\"')]+")
_CURL = re.compile(r"(?P<before>\bcurl\s([^;&|\n]*\s)?(-u|--user)[ =]?[\"']?[^\s:\"'$]+:)[^\s\"'$]+")
_LOGIN = re.compile(r"://([^\s/]+)@")
_SHORT = 4  # characters: shorter values stand in too many lines


def is_secret(name: str, value: str) -> bool:
    """Whether a value is a secret, by what it is called or by what it looks like."""
    if not value or value.lower() in ("true", "false", "null", "none"):
        return False
    return bool(find_credential(value)) or _is_secrets_name(name)


def _is_secrets_name(name: str) -> bool:
    plain = _CAMEL.sub("_", name.lstrip("-")).replace("-", "_")
    return bool(_NAME.search(plain))


def mask_words(words: Sequence[str]) -> str:
    """Write words of a command line as a shell reads them, secrets hidden: `--api_key VALUE` and --api_key=VALUE."""
    return " ".join(shown if name and " " not in shown else quote(shown) for shown, name in _walk(words))


def mask_command(words: Sequence[str]) -> list[str]:
    """Hide the secrets of a command; its words stay what they are otherwise, those that are scripts too."""
    return [shown for shown, _ in _walk(words)]


def mask_text(text: str) -> str:
    """Hide the secrets of a script or an address: credentials, and NAME=VALUE, `name: value`, `--name value`."""
    text = hide_credentials(text)
    for pattern in (_ASSIGNED, _OPTION):
        text = _mask_values_of(pattern, text)
    return _CURL.sub(rf"\g<before>{HIDDEN}", text)


def _mask_values_of(pattern: re.Pattern[str], text: str) -> str:
    """Mask the values of secrets' names; a value that is a variable's is no secret yet."""
    masked, end = "", 0
    for match in pattern.finditer(text):
        if match.start() < end or not _is_secrets_name(match["name"]):
            continue
        value = _VALUE.match(text, match.end())
        if value and is_secret(match["name"], plain := value[0].strip("\"'")) and not plain.startswith("$"):
            masked, end = masked + text[end : match.end()] + HIDDEN, value.end()
    return masked + text[end:]


def list_secrets(words: Sequence[str]) -> list[str]:
    """List the options whose values are hidden."""
    return [name for _, name in _walk(words) if name]


def list_values(words: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    """List the secrets themselves, so that they can be hidden where a head prints them; short ones are left out."""
    secrets = [word[len(name) + 1 :] if shown == f"{name}={HIDDEN}" else word
               for word, (shown, name) in zip(words, _walk(words), strict=True) if HIDDEN in shown]  # fmt: skip
    secrets += [text for name, value in values.items() for text in _list_secret(name, value)]
    lines = [line for text in secrets for line in text.splitlines() if line != text]  # a log comes by lines
    logins = [login for text in secrets for login in _LOGIN.findall(text)]
    passwords = [login.partition(":")[2] for login in logins]
    return [text for text in (*secrets, *lines, *logins, *passwords) if len(text) >= _SHORT]


def _list_secret(name: str, value: Any, *, inside: bool = False) -> Iterator[str]:
    """The secrets of a parameter; `inside` a map whose name says that all in it is secret."""
    if isinstance(value, Mapping):
        inside = inside or _is_secrets_name(name)
        for key, part in value.items():
            yield from _list_secret(str(key), part, inside=inside)
    elif isinstance(value, list):
        for part in value:
            yield from _list_secret(name, part, inside=inside)
    elif is_secret("secret" if inside else name, str(value)) or mask_text(str(value)) != str(value):
        yield str(value)


def hide(text: str, secrets: Sequence[str]) -> str:
    """Hide secrets in a line of somebody else's."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _walk(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words as they are shown, and the option's name where its value is hidden."""
    before, calls_curl = "", False
    for word in words:
        name, equals, value = word.partition("=")
        calls_curl = calls_curl or word.rpartition("/")[2] == "curl"
        if before and not word.startswith("--") and is_secret(before, word):
            yield HIDDEN, before
        elif (before == "-user" or (calls_curl and before in ("-u", "--user"))) and ":" in word:  # Nextflow's -user
            yield f"{word.partition(':')[0]}:{HIDDEN}", before
        elif equals and name.startswith("-") and is_secret(name, value):
            yield f"{name}={HIDDEN}", name
        elif " " not in word.strip() and find_credential(word):
            yield HIDDEN, word.partition(":")[0][:12] if word.startswith("-") else "a value"
        elif (masked := mask_text(word)) != word:
            yield masked, "a value"
        else:
            yield word, ""
        before = word if word.startswith("-") and not equals else ""


def mask_values(values: Mapping[str, Any]) -> dict[str, str]:
    """Write a file's parameters as texts, secrets hidden, those inside of maps and lists too."""
    return {name: _mask(name, value) for name, value in values.items()}


def _mask(name: str, value: Any) -> str:
    if isinstance(value, Mapping) and not _is_secrets_name(name):
        return "{" + ", ".join(f"{key}: {_mask(str(key), part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_mask(name, part) for part in value) + "]"
    return HIDDEN if is_secret(name, str(value)) else mask_text(str(value))
