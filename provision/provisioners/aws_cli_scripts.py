"""The bash that installs the AWS CLI and checks it; @PREFIX@ and the like are filled in by `aws_cli.py`."""

# The installer unpacks its packages below the prefix before it links them: in memory, where there is enough of it
# (some 600 MiB; a t2.micro has less), for what is once written to an EBS volume stays in its snapshot.
# The archives of packages stay in memory (CONDA_PKGS_DIRS), and so does what conda keeps in a home directory.
INSTALL = r"""
mkdir -p "$KILN_TMP/conda-home" "$KILN_TMP/conda-pkgs"
export HOME="$KILN_TMP/conda-home"
available=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
if [ "${available:-0}" -gt 1258291 ] && mountpoint -q "$KILN_TMP"; then
  mkdir -p @PREFIX@/pkgs
  mount --bind "$KILN_TMP/conda-pkgs" @PREFIX@/pkgs
fi
bash @INSTALLER@ -b -f -p @PREFIX@
! mountpoint -q @PREFIX@/pkgs || umount @PREFIX@/pkgs
rm -rf @PREFIX@/pkgs @INSTALLER@
"""

PACKAGES = r"""
mkdir -p "$KILN_TMP/conda-home" "$KILN_TMP/conda-pkgs"
export HOME="$KILN_TMP/conda-home" CONDA_PKGS_DIRS="$KILN_TMP/conda-pkgs" CONDA_NUMBER_CHANNEL_NOTICES=0
@PREFIX@/bin/conda install --override-channels -c @CHANNEL@ -y @PACKAGES@
@PREFIX@/bin/conda clean --all --yes
rm -rf @PREFIX@/pkgs "$KILN_TMP/conda-pkgs"
chown -R @USER@: @PREFIX@
"""

HOST = r"""
as_user() { su -s /bin/bash @USER@ -c "$1"; }
version=$(as_user '@PREFIX@/bin/aws --version' 2>&1) || kiln_fail "aws --version failed for @USER@: $version"
echo "$version"
case "$version" in aws-cli/*) ;; *) kiln_fail "aws --version says something else" ;; esac
# Found, not imported: boto3 takes seconds to load, and all that it needs has just run.
as_user '@PREFIX@/bin/python -' <<'END'
@IMPORT@
END
"""

IMPORT = """import ssl, sys
from importlib.util import find_spec
print(ssl.OPENSSL_VERSION)"""
FIND_BOTO3 = """
sys.exit(None if find_spec("boto3") else "boto3 is missing")"""

# Run inside the container: no Python of its own, the mount is read-only, and the prefix works nevertheless.
INSIDE = r"""
for name in python python2 python3; do
  if command -v "$name"; then echo "the container has a Python of its own" >&2; exit 1; fi
done
if (: >@PREFIX@/.kiln-write) 2>/dev/null; then echo "the mount can be written to" >&2; exit 1; fi
version=$(@PREFIX@/bin/aws --version 2>&1) || { echo "aws --version failed in a container: $version" >&2; exit 1; }
echo "$version"
case "$version" in aws-cli/*) ;; *) exit 1 ;; esac
"""
