"""Turning a process, or another terminal, to the sandbox, so that no call of it can reach a real account.

Order of precedence: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from sandbox.command.state import State, write_private
from sandbox.world.folders import run_of

LOCAL = ("127.0.0.1", "localhost")
# Every AWS_* variable, whatever it is called: a service's own endpoint or a profile would lead elsewhere.
_CLEAR = """for name in $(env | sed -n 's/^\\(AWS_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset "$name"; done"""


def environment(state: State, present: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables to set, AWS_* of `present` (default: this process's) being cleared before.

    Writes the configuration and credentials files that they name.
    """
    present = os.environ if present is None else present
    run = run_of(Path(state.home))
    config, credentials, site = run / "aws-config", run / "aws-credentials", run / "site.yaml"
    write_private(config, f"[default]\nregion = {state.region}\nendpoint_url = {state.endpoint}\n")
    keys = f"aws_access_key_id = {state.access_key}\naws_secret_access_key = {state.secret_key}\n"
    write_private(credentials, f"[default]\n{keys}")
    spared = [*present.get("NO_PROXY", "").split(","), *present.get("no_proxy", "").split(",")]
    direct = ",".join(dict.fromkeys([*filter(None, spared), *LOCAL]))
    variables = {
        "AWS_ENDPOINT_URL": state.endpoint,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_REGION": state.region,
        "AWS_DEFAULT_REGION": state.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }
    return variables | ({"KILN_SITE": str(site)} if site.exists() else {})


def turn_process_to(state: State) -> None:
    """Make this process, and those it starts, talk to the sandbox alone."""
    variables = environment(state)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.pop("KILN_SITE", None)
    os.environ.update(variables)


def exports(state: State) -> str:
    """Write shell lines to be evaluated in another terminal."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment(state).items()]
    return "\n".join([_CLEAR, *lines]) + "\n"
