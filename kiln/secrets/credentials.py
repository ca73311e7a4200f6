"""What the value of a credential looks like, whatever it is called (pure)."""

import re

HIDDEN = "•••"

_CREDENTIALS = {
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?-----END [A-Z ]*PRIVATE KEY-----|.*)", re.DOTALL
    ),
    "a token of GitHub": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    "a token of GitLab": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "a token of Docker Hub": re.compile(r"\bdckr_pat_[A-Za-z0-9_-]{20,}"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/:]*:[^\s/]+@"),  # to the last @ before /
}
_USER = re.compile(r"\bhttps?://[^\s/:@]+@")  # a token in the user's place: a Git host takes it there
_SIGNED = re.compile(r"([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|sig)=)[^\s&\"']+")
"""Whoever has an address that S3, CloudFront or Azure signed may read what it names."""


def find_credential(text: str) -> str:
    """Say what kind of credential the text holds; "" for none."""
    return next((kind for kind, pattern in _CREDENTIALS.items() if pattern.search(text)), "")


def hide_credentials(text: str) -> str:
    """Hide the credentials in a text; of an address that has a login all else stays."""
    for pattern in (*_CREDENTIALS.values(), _USER):
        text = pattern.sub(_hide, text)
    return _SIGNED.sub(rf"\g<1>{HIDDEN}", text)


def _hide(match: re.Match[str]) -> str:
    scheme, address, _ = match[0].partition("://")
    return f"{scheme}://{HIDDEN}@" if address else HIDDEN
