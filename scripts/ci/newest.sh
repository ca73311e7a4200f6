#!/usr/bin/env bash
# The fast tests against the newest moto and boto3, in a virtual environment of their own, so that an upgrade says what
# it breaks. The lists of seams come first: a part of either library that is gone, or is called otherwise, is named there.
#   newest.sh [tests …]     KILN_NEWEST_VENV: the environment's folder, made anew (a temporary one unless set)
set -euo pipefail
python=${KILN_PYTHON:-python3}
venv=${KILN_NEWEST_VENV:-$(mktemp -d)/venv}
"$python" -m venv "$venv" || scripts/install-venv "$python" "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check '.[sandbox,dev]'
"$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade 'moto[ec2,iam,s3,ssm]' boto3 botocore
{
  echo "## the newest moto and boto3"
  echo '```'
  "$venv/bin/pip" freeze | grep -E '^(moto|boto3|botocore)=='
  echo '```'
} | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
"$venv/bin/python" -m pytest -q tests/sandbox/seams tests/test_botocore_once.py
"$venv/bin/python" -m pytest -q -n 2 -m "not e2e" "${@:-tests}"
