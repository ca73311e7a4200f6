#!/usr/bin/env bash
# Build and test the image KILN_IMAGE, if anything changed since its last AMI; the result is JSON on stdout.
set -euo pipefail
read -ra invoke <<<"${KILN_INVOKE:-.venv/bin/invoke}"
"${invoke[@]}" build-ami --image "${KILN_IMAGE:-nextflow-al2023}" --json
