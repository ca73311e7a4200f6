#!/usr/bin/env bash
# What register-env would do with the latest AMI: the plan goes to the job's summary, and whether there is anything to
# do to its outputs (changed=true or changed=false). register-env --plan ends with 2 when there is something to do.
set -euo pipefail
read -ra invoke <<<"${KILN_INVOKE:-.venv/bin/invoke}"
environment=${KILN_ENV:-genomics}
code=0
plan=$("${invoke[@]}" register-env --env "$environment" --ami latest --plan) || code=$?
case $code in
0) changed=false ;;
2) changed=true ;;
*) exit "$code" ;;
esac
{
  echo "## $environment: \`register-env --ami latest --plan\`"
  echo '```'
  echo "$plan"
  echo '```'
} >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
echo "changed=$changed" >>"${GITHUB_OUTPUT:-/dev/stdout}"
