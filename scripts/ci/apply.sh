#!/usr/bin/env bash
# Roll the latest AMI out to the environment KILN_ENV, if it does not run it already.
set -euo pipefail
read -ra invoke <<<"${KILN_INVOKE:-.venv/bin/invoke}"
"${invoke[@]}" register-env --env "${KILN_ENV:-genomics}" --ami latest --yes
