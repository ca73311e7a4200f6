"""Secrets written into user data: every task of the machine can read it from the metadata service."""

import re
from collections.abc import Iterator

from userdata.rules.finding import Finding

# A literal value: no variable, no substitution, no placeholder, no path, ARN or URL of where the secret is kept.
_LITERAL = (
    r"(?P<value>(?![$`<{%(/]|arn:|https?:|s3:|ssm:|true\b|false\b|null\b|none\b|\d{1,6}\b)"
    r"[^\s\"',;&|<>()`${}\\]{4,})"
)
_NAMES = (
    r"(?:[A-Za-z0-9_]*(?:PASSWORD|PASSWD|SECRET|SECRET_ACCESS_KEY|AUTH_TOKEN|API_?TOKEN|ACCESS_TOKEN|_TOKEN|API[-_]?KEY"
    r"|PRIVATE_KEY|ACCESS_KEY|LICENSE_KEY|CREDENTIALS)|TOKEN|PASS|PGPASSWORD|MYSQL_PWD)"
)
_KINDS = (
    ("credentials of a registry (ECS_ENGINE_AUTH_DATA)",
     r"ECS_ENGINE_AUTH_DATA['\"]?\s*[=:]\s*(?!['\"]?(\$|\s*$|[.\[(*^<]))\S"),
    ("an AWS access key", r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("an AWS access key", r"\baws configure set aws_(secret_access_key|session_token) ['\"]?" + _LITERAL),
    ("credentials of a registry",
     r"echo\s+(-n\s+)?['\"]?" + _LITERAL + r"['\"]?\s*\|\s*(sudo\s+)?docker login\b.*--password-stdin"),
    ("a token", r"\b(wandb|hf|huggingface-cli)\s+(auth\s+)?login\s+(--token\s+|--relogin\s+)?(?!-)" + _LITERAL),
    ("a private key", r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----"),
    ("a token", r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}"
     r"|hf_[A-Za-z0-9]{20,}|dckr_pat_[\w-]{16,}|AIza[\w-]{30,}|sk-[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}"
     r"|pypi-[\w-]{40,}|hvs\.[\w-]{16,}|sk_live_\w{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|AGE-SECRET-KEY-1\w{20,}"
     r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})"),
    ("a token", r"\bhooks\.slack\.com/services/\w+/\w+/\w{8,}"),
    ("a password", r"\bmachine\s+\S+\s+login\s+\S+\s+password\s+" + _LITERAL),
    ("a password", r"\bsshpass\s+-p\s*['\"]?" + _LITERAL),
    ("a password", r"\b(openssl\b.*(\s-k\s+|\bpass:)|gpg\b.*--passphrase[ =]|redis-cli\b.*\s(-a|--pass)\s+)['\"]?"
     + _LITERAL),
    ("credentials of a registry", r"\b(docker|podman)\s+login\b.*?\s(-p[ =]?|--password[ =])['\"]?" + _LITERAL),
    ("credentials of a registry", r"\"auth\"\s*:\s*\"[A-Za-z0-9+/]{8,}={0,2}\""),
    ("a password", r"\b(curl|wget)\b.*?\s(-u|--user|--password)[ =]['\"]?(\w[\w.@-]*:)" + _LITERAL),
    ("a password", r"\b[a-z][a-z0-9+.-]*://(?!guest:guest@)[\w.%+-]+:(?![$<{])[^\s/@:$<{\"']{3,}@"),
    ("a token", r"\bAuthorization:\s*(Bearer|Basic|token)\s+['\"]?" + _LITERAL),
    ("a password", r"\bmysql(dump|admin)?\b.*?\s(-p|--password=)(?=\S)['\"]?" + _LITERAL),
    ("a password", r"echo\s+['\"]?[\w.-]+:" + _LITERAL + r"['\"]?\s*\|\s*(sudo\s+)?chpasswd"),
    ("a password", r"echo\s+['\"]?" + _LITERAL + r"['\"]?\s*\|\s*(sudo\s+)?passwd\b.*--stdin"),
    ("a password", r"(?i:(?<![A-Za-z0-9_])[\"']?" + _NAMES + r"[\"']?)\s*[=:]\s*[\"']?" + _LITERAL),
    ("a password", r"^\s*(passwd|plain_text_passwd|hashed_passwd|password)\s*:\s*['\"]?(?=[$\w])[^\s#]{4,}"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.MULTILINE)) for kind, pattern in _KINDS)
_LITERAL_AUTH = re.compile(r"\b(auth|password)\W{1,6}:\W{0,6}[^\s$\\\"':]{3,}")
_FAKE = re.compile(
    r"(?i)^(x+|\*+|changeme|example|redacted|your[-_ ].*"
    r"|.*placeholder.*|null|none|false|true|required)$"
)
_ELSEWHERE = re.compile(r"(?i)(--secret-id|get-secret-value|get-parameters?\b|^\s*--name\b|secretsmanager)")


def check(who: str, text: str, builder: bool = False) -> Iterator[Finding]:
    """The lines of a text that hold a secret: a line is named once, and its secret not repeated on the screen."""
    for line, kind in _find(text):
        yield _finding(who, kind, line, builder)


def check_written(who: str, text: str, source: str, line: int, builder: bool = False) -> Iterator[Finding]:
    """A secret in a text that comes out of another, as from base64; `source` is where it is seen as it stands."""
    for row in text.split("\n"):
        if row.strip() and row not in source:
            for _, kind in _find(row):
                yield _finding(who, kind, line, builder)
                return


def _find(text: str) -> Iterator[tuple[int, str]]:
    """Lines with a secret, and its kind; each line once."""
    seen: set[int] = set()
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1 + match.group().startswith("\n")
            if line in seen or _harmless(match, text):
                continue
            seen.add(line)
            yield line, kind


def _harmless(match: re.Match[str], text: str) -> bool:
    begin = text.rfind("\n", 0, match.start()) + 1
    row = text[begin : text.find("\n", match.end()) if "\n" in text[match.end() :] else len(text)]
    if row.lstrip().startswith(("#", "//")) and not row.startswith("#!"):
        return True
    if "ECS_ENGINE_AUTH_DATA" in match.group() and "$" in row and not _LITERAL_AUTH.search(row):
        return True
    value = match.groupdict().get("value")
    return value is not None and bool(_FAKE.match(value) or _ELSEWHERE.search(row))


def _finding(who: str, kind: str, line: int, builder: bool) -> Finding:
    place = "every machine of the image has it, and every task on it can read it" if builder else (
        "user data can be read by every task, from the metadata service, and by all who may describe launch templates"
    )  # fmt: skip
    hint = (
        "Keep it in Secrets Manager or SSM and read it at boot with the instance's role: aws secretsmanager "
        "get-secret-value --secret-id NAME --query SecretString --output text"
    )
    return Finding(f"{who} holds {kind} (line {line})", place, hint, False, line)
