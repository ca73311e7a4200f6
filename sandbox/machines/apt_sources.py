"""The host's own Debian package sources, for building a root file system without naming any mirror."""

import re
from collections.abc import Iterable
from pathlib import Path

from sandbox.world.hypervisor import MachineError


def debian_sources(codename: str, apt: Path = Path("/etc/apt")) -> str:
    """The host's Debian entries in deb822 form or one-line form, for mmdebstrap's standard input.

    Third-party entries are left out: those with another suite, without `main`, or signed by another key.
    Raises MachineError when nothing is left.
    """
    one_line = [apt / "sources.list", *sorted(apt.glob("sources.list.d/*.list"))]
    lines = [line for path in one_line if path.exists() for line in _lines(path.read_text(), codename)]
    deb822 = sorted(apt.glob("sources.list.d/*.sources"))
    stanzas = [text for path in deb822 for text in _stanzas(path.read_text(), codename)]
    # mmdebstrap reads one form at a time, so both become stanzas.
    stanzas += [_as_stanza(line) for line in lines]
    if not stanzas:
        raise MachineError(f"no Debian {codename} source in {apt}: the machines' disk is built from this host's own")
    return "\n\n".join(stanzas) + "\n"


def _ours(codename: str, suites: Iterable[str], components: Iterable[str], signed_by: str) -> bool:
    known = {codename, f"{codename}-updates", f"{codename}-security"}
    by_debian = not signed_by or Path(signed_by.split(maxsplit=1)[0]).name.startswith("debian-archive")
    return bool(set(suites)) and set(suites) <= known and "main" in components and by_debian


def _stanzas(text: str, codename: str) -> list[str]:
    kept = []
    for stanza in re.split(r"\n\s*\n", text):
        body = "\n".join(line for line in stanza.splitlines() if line.strip() and not line.startswith("#"))
        fields = {key.lower(): value.strip() for key, value in re.findall(r"^([\w-]+):(.*)$", body, re.MULTILINE)}
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        suites, components = fields.get("suites", "").split(), fields.get("components", "").split()
        if _ours(codename, suites, components, fields.get("signed-by", "")):
            kept.append(re.sub(r"(?m)^Types:.*$", "Types: deb", body))
    return kept


def _lines(text: str, codename: str) -> list[re.Match[str]]:
    pattern = re.compile(
        r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>[^#\n]+)"
    )
    found = (pattern.match(line.strip()) for line in text.splitlines())
    return [line for line in found if line and _ours(codename, [line["suite"]], line["components"].split(), _key(line))]


def _key(line: re.Match[str]) -> str:
    options = dict(option.partition("=")[::2] for option in (line["options"] or "").split())
    return str(options.get("signed-by", ""))


def _as_stanza(line: re.Match[str]) -> str:
    key = f"\nSigned-By: {_key(line)}" if _key(line) else ""
    uri, suite, components = line["uri"], line["suite"], line["components"].strip()
    return f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: {components}{key}"
