import ast
import subprocess
import sys
from pathlib import Path

from provision.docker.storage_program import list_files

BOTH = {file.path.rpartition("/")[2]: file.content.decode() for file in list_files("lvm") + list_files("btrfs")}


def test_every_module_is_written_for_python_3_8() -> None:
    for name, source in BOTH.items():
        ast.parse(source, name, feature_version=(3, 8))
        assert "from __future__ import annotations" in source or name == "__init__.py"


def test_nothing_but_grow_reaches_boto3() -> None:
    users = [name for name, source in BOTH.items() if "import boto3" in source]
    assert users == ["ec2.py"]
    script = (
        "import sys, storage_daemon.watch; sys.exit(bool({'boto3', 'botocore', 'urllib.request'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0
