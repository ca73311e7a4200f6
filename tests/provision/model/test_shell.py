import hashlib
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from provision.model import shell
from provision.model.recipe import Download
from tests.support.bash import run, tool


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/Installer-1.sh").write_bytes(b"echo installed\n")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site")))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


SHA256 = hashlib.sha256(b"echo installed\n").hexdigest()


def test_a_file_is_fetched_under_its_own_name(site: str, tmp_path: Path) -> None:
    pinned = Download(f"{site}/Installer-1.sh", SHA256)
    done = run(shell.fetch(pinned) + f"bash {shell.find_fetched(pinned)}", KILN_TMP=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "installed\n"), done.stderr
    assert (tmp_path / "Installer-1.sh").is_file()


def test_other_bytes_are_refused_and_removed(site: str, tmp_path: Path) -> None:
    pinned = Download(f"{site}/Installer-1.sh", "0" * 64)
    done = run(shell.fetch(pinned) + "echo went on", KILN_TMP=str(tmp_path))
    assert done.returncode == shell.BAD_CHECKSUM
    assert f"checksum differs: expected {'0' * 64} got {SHA256}" in done.stderr
    assert "went on" not in done.stdout
    assert not (tmp_path / "Installer-1.sh").exists()


def test_a_missing_file_is_named(site: str, tmp_path: Path) -> None:
    done = run(shell.fetch(Download(f"{site}/none.sh", SHA256)), KILN_TMP=str(tmp_path))
    assert done.returncode == 1
    assert f"could not fetch {site}/none.sh" in done.stderr


def test_docker_that_stays_away_is_told_with_its_log(tmp_path: Path) -> None:
    tool(tmp_path, "curl", "exit 7")
    tool(tmp_path, "journalctl", "echo 'failed to start daemon: unknown option dm.basesize' >&2")
    done = run(shell.DOCKER + "kiln_docker_answers 1", tools=tmp_path)
    assert done.returncode == 1
    assert "Docker did not answer within 1 s" in done.stderr
    assert "unknown option dm.basesize" in done.stderr


def test_a_restart_that_fails_is_told_at_once(tmp_path: Path) -> None:
    for name in ("systemctl", "service", "journalctl"):
        tool(tmp_path, name, "exit 1")
    done = run(shell.DOCKER + "kiln_docker_back restart 60", tools=tmp_path)
    assert done.returncode == 1
    assert "Docker did not come back: restart failed" in done.stderr


def test_the_check_container_runs_the_hosts_own_bash_without_python(tmp_path: Path) -> None:
    """The files of the image are enough for its programs: tried in a root folder of their own."""
    listed = run(shell.check_container().replace("kiln_check_image\n", "kiln_check_files\n"))
    paths = sorted(set(listed.stdout.split()))
    assert "/bin/bash" in paths
    assert not [path for path in paths if "python" in path]
    root = tmp_path / "root"
    root.mkdir()
    names = "\n".join(path.lstrip("/") for path in paths)
    packed = subprocess.run(
        ["tar", "-C", "/", "-chf", "-", "-T", "-"], input=names.encode(), capture_output=True, check=True
    )
    subprocess.run(["tar", "-C", str(root), "-xf", "-"], input=packed.stdout, check=True)
    inside = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "chroot",
            str(root),
            "/bin/bash",
            "-c",
            "ls /bin; ! command -v python3",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare failed" in inside.stderr:
        pytest.skip("this machine allows no user namespaces")
    assert inside.returncode == 0, inside.stderr
    assert inside.stdout.split() == ["bash", "cat", "df", "ls", "sh"]


def test_an_image_that_is_there_is_used_again(tmp_path: Path) -> None:
    tool(tmp_path, "curl", "exit 0")
    tool(tmp_path, "docker", "exit 1")
    assert run(shell.check_container(), tools=tmp_path).returncode == 0


def test_an_image_that_is_not_there_is_made_from_this_machine(tmp_path: Path) -> None:
    tool(tmp_path, "curl", 'case "${@: -1}" in */_ping) ;; *) exit 22 ;; esac')
    tool(tmp_path, "docker", f'[ "$1" = import ] && tar -t >{tmp_path}/members')
    done = run(shell.check_container(), tools=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "bin/bash" in (tmp_path / "members").read_text().split()
