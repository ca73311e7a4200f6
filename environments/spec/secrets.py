"""Secrets: named by their ARNs, and never written into a definition.

Sources: "Specifying sensitive data" and "Private registry authentication", AWS Batch User Guide; "What's in a Secrets
Manager secret?" (the ARN ends in a hyphen and six characters), AWS Secrets Manager User Guide; Secret, AWS Batch API
Reference (a parameter of the job's own region by its name alone).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator

from kiln.keys.takes import Takes
from kiln.secrets.credentials import find_credential

_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}")
_PARTS = r"(:[^:]*:[^:]*:[^:]*)?"  # a key of its JSON, a version's stage, a version's id
_PARAMETER = re.compile(
    r"arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter/[A-Za-z0-9_./-]+|/?[A-Za-z0-9_.-][A-Za-z0-9_./-]*"
)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+")
_EXAMPLE = "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-a1B2c3"

_SECRET_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|CREDENTIALS?|API_?KEY|SECRET_?KEY|PRIVATE_?KEY|ACCESS_?KEY"
    r"|AUTH_DATA|AUTHORIZATION)$",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(r"|/\S*|\d+|true|false|none|null|arn:\S+|Ref::\w+", re.IGNORECASE)


def check_references(named: Mapping[str, str]) -> None:
    """Raise ValueError where a value is not an ARN of Secrets Manager or SSM, or a parameter's name; never shows it."""
    for name, value in named.items():
        if ":secretsmanager:" in value and not re.fullmatch(_SECRET.pattern + _PARTS, value):
            raise ValueError(f"{name}: write the secret's whole ARN, with the six characters at its end: {_EXAMPLE}")
        if ":secretsmanager:" not in value and (not _PARAMETER.fullmatch(value) or find_credential(value)):
            raise ValueError(
                f"{name}: write where the secret is kept, never the secret: the ARN of a secret ({_EXAMPLE}), "
                "or the ARN or the name of an SSM parameter"
            )


def check_registry_secret(value: str) -> None:
    """Raise ValueError where it is not the ARN of a secret; never shows it."""
    if not _SECRET.fullmatch(value):
        raise ValueError(
            "repository_credentials takes the whole ARN of the secret that holds username and password, such as "
            f"{_EXAMPLE}"
        )


def _role(value: str) -> str:
    if value not in ("environment", "none") and not _ROLE.fullmatch(value):
        raise ValueError("write environment, none, or a role's ARN, such as arn:aws:iam::123456789012:role/execution")
    return value


ExecutionRole = Annotated[
    str,
    AfterValidator(_role),
    Takes("environment, none, or a role's ARN", "environment", known=("environment", "none")),
]
SecretReference = Annotated[
    str, Takes("the ARN of a secret, or the ARN or the name of an SSM parameter", _EXAMPLE, is_secret=True)
]
RegistrySecret = Annotated[str, Takes("the whole ARN of a secret", _EXAMPLE, is_secret=True)]


def find_named_credential(name: str, value: str) -> str:
    """Say what kind of credential a named value is, by itself or by its name; "" for none."""
    kind = find_credential(value)
    if not kind and _SECRET_NAME.search(name) and not _NO_SECRET.fullmatch(value):
        return "a credential, by its name"
    return kind


def refuse_credentials(variables: Mapping[str, str], texts: Iterable[str]) -> None:
    """Raise ValueError where a variable or another text holds a credential: whoever may describe it can read it."""
    for name, value in variables.items():
        if kind := find_named_credential(name, value):
            raise ValueError(
                f"the variable {name} holds {kind}: everybody who may describe job definitions can read it. Keep it in "
                f"Secrets Manager or SSM, and write secrets: {{{name}: the ARN of it}}"
            )
    for text in texts:
        if kind := find_credential(text):
            raise ValueError(
                f"command and parameters hold {kind}: everybody who may describe job definitions can read it. "
                "Keep it in Secrets Manager or SSM, name it under secrets, and let the command read the variable"
            )


def secret_arn(reference: str) -> str:
    """The ARN of the secret itself, without the key, stage and version that may stand behind it."""
    match = _SECRET.match(reference)
    return match[0] if match else reference
