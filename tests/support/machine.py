"""`python -m tests.support.machine FOLDER`: a machine in a process of its own, until stdin ends.

Prints one line: its port, the path of the client's private key, and its public host key, with tabs between them.
"""

import sys
from pathlib import Path

import paramiko

from tests.support.keys import new_key, new_pem
from tests.support.sshd import Host


def main(folder: Path) -> None:
    path, host_key = folder / "client_key", new_key()
    path.write_text(new_pem())
    with Host(folder, paramiko.Ed25519Key.from_private_key_file(str(path)), host_key) as host:
        print(host.port, path, f"{host_key.get_name()} {host_key.get_base64()}", sep="\t", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
