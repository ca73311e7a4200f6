"""60 small steps through a relay that adds round-trip time, beside one fabric upload and one run of the same work.

    python -m benchmarks.provisioning

Each figure is the median of five fresh Python processes, imports included. The floor does the same work in one
script: what an upload and a run cost when nothing is journaled, shown live, timed or rejoined.
"""

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

STEPS = 60
ROUNDS = 5
RTTS_MS = (0, 50, 150)
ROOT = Path(__file__).parents[1]
WORK = [f"echo step {n}; head -c 1000 /dev/zero | sha256sum" for n in range(STEPS)]


def kiln(port: int, client_key: str, host_key: str) -> None:
    """Provisions with Kiln's own `Remote`."""
    import paramiko

    from provision.model.recipe import Step
    from provision.ssh.bundle import bundle
    from provision.ssh.remote import Address, Remote
    from tests.support.host_keys import from_line

    steps = [Step(f"step {n}", script) for n, script in enumerate(WORK)]
    key = paramiko.Ed25519Key.from_private_key_file(client_key)
    with Remote(Address("127.0.0.1", "kiln", port), key, from_line(host_key)) as remote:
        remote.connect(20)
        outcome = remote.perform(bundle(steps=steps), lambda event: None)
    outcome.raise_for_failure()
    if len(outcome.results) != STEPS:
        raise SystemExit(f"{len(outcome.results)} of {STEPS} steps")


def floor(port: int, client_key: str, host_key: str) -> None:
    """One upload and one run with fabric."""
    import fabric
    import paramiko

    from tests.support.host_keys import from_line

    options = {"key_filename": client_key, "allow_agent": False, "look_for_keys": False}
    config = fabric.Config(lazy=True, overrides={"load_ssh_configs": False})
    with fabric.Connection("127.0.0.1", "kiln", port, config=config, connect_kwargs=options) as connection:
        connection.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        key = from_line(host_key)
        connection.client.get_host_keys().add(f"[127.0.0.1]:{port}", key.get_name(), key)
        script = "set -euo pipefail\n" + "\n".join(WORK)
        connection.put(io.BytesIO(script.encode()), "floor.sh")
        connection.run("sudo -n bash floor.sh", hide=True, in_stream=False)


def seconds(method: Callable[..., None], *arguments: str) -> float:
    """Wall-clock seconds of one process that does it."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "benchmarks.provisioning", method.__name__, *arguments], cwd=ROOT, check=True)
    return time.monotonic() - began


def measure() -> None:
    from tests.support.relay import Relay

    print(f"{STEPS} steps, median of {ROUNDS}\n\n  RTT      Kiln     floor    ratio (goal: at most 1.5)")
    with tempfile.TemporaryDirectory() as folder:
        # A process of its own: the machine must not share Python's lock with the relay.
        command = [sys.executable, "-m", "tests.support.machine", folder]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as machine:
            assert machine.stdin
            assert machine.stdout
            port, client_key, host_key = machine.stdout.readline().rstrip().split("\t")
            for rtt in RTTS_MS:
                with Relay(int(port), rtt / 1000) as relay:
                    arguments = (str(relay.port), client_key, host_key)
                    times = [(seconds(kiln, *arguments), seconds(floor, *arguments)) for _ in range(ROUNDS)]
                ours, theirs = map(statistics.median, zip(*times, strict=True))
                print(f"  {rtt:3d} ms {ours:6.2f} s {theirs:7.2f} s   {ours / theirs:6.2f}", flush=True)
            machine.stdin.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        {"kiln": kiln, "floor": floor}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
    else:
        measure()
