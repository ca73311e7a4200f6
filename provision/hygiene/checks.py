"""What must hold on a machine booted from the AMI: nothing on it is the builder's.

Whatever lies on the machine and is older than its own first boot came with the image. That tells a leftover of the
builder from a thing of the same name that this machine made itself, such as its host keys. Age goes by the inode's
change time, which neither tar nor touch can set.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

from provision.hygiene.scripts import (
    AGENT_STATE,
    AUTHORIZED_KEYS,
    CHECK_IMAGES,
    CLOUD_INIT,
    HOST_KEYS,
    IMAGES,
    LEFTOVERS,
    MACHINE_ID,
    METADATA,
    OLDER,
    PRIVATE,
)
from provision.model import shell
from provision.model.recipe import Check


@dataclass(frozen=True)
class Builder:
    """What is known of the builder that no machine made from its image may share; "" where it is not known.

    `host_keys` and `authorized_key` are public keys in OpenSSH's text form ("ssh-ed25519 AAAA… comment").
    """

    host_keys: tuple[str, ...] = ()
    authorized_key: str = ""
    machine_id: str = ""
    instance_id: str = ""


# Images that ECS-optimized AMIs carry: the agent, its pause container, Service Connect.
BASE_IMAGES = ("amazon/*", "ecs-service-connect-agent*", "appnet_agent*", "<none>")


def list_checks(
    builder: Builder | None = None, keep: Iterable[str] = (), images: Iterable[str] | None = ()
) -> tuple[Check, ...]:
    """The checks, each with on="image". `builder` sharpens them; the build key is made without it.

    `keep` are paths that the definition itself put there; `images` the repositories that it pulls, or None where
    scripts of the definition may have brought any.
    """
    known = builder or Builder()
    older = f"keep={quote('|' + '|'.join(keep) + '|')}\n{OLDER}"
    cloud_init = CLOUD_INIT.replace("@INSTANCE_ID@", quote(known.instance_id or "none")) + METADATA
    facts = {
        "no host key of the builder": older + HOST_KEYS.replace("@KEYS@", _blobs(known.host_keys)),
        "no authorized key of the builder": older + AUTHORIZED_KEYS.replace("@KEYS@", _blobs((known.authorized_key,))),
        "no agent state of the builder": older + AGENT_STATE,
        "a machine-id of its own": older + MACHINE_ID.replace("@MACHINE_ID@", quote(known.machine_id or "none")),
        "cloud-init ran anew": older + cloud_init,
        "no histories, no credentials": older + PRIVATE,
        "nothing of Kiln is left": older + LEFTOVERS,
    }
    if images is not None:
        expected = " ".join(quote(name) for name in (*BASE_IMAGES, *images))
        facts["no unexpected container images"] = (
            shell.FAIL + shell.DOCKER + CHECK_IMAGES + IMAGES.replace("@EXPECTED@", expected)
        )
    return tuple(Check(name, script, on="image") for name, script in facts.items())


def _blobs(keys: Iterable[str]) -> str:
    """The base64 part of each public key, as bash words: comments and options differ where the key is the same."""
    return " ".join(quote(word) for key in keys for word in key.split() if word.startswith("AAAA"))
