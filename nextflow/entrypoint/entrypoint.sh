#!/bin/bash
# Run a Nextflow pipeline as a job of AWS Batch.
#
#   entrypoint.sh PROJECT [arguments of `nextflow run`, passed on as they are]
#
# PROJECT is a folder in S3 (s3://…), a Git project, or a folder of this machine. What else it needs comes by variables:
# settings.sh lists them. Its exit code is Nextflow's own; 1 where Nextflow was not started, 143 where it was stopped
# before that.
set -uo pipefail

HERE=$(dirname -- "$(readlink -f -- "$0")")
for part in words settings launch objects holder lock keeping jobs project session uploads nextflow; do
    # shellcheck source=/dev/null
    source "$HERE/$part.sh" || exit 1
done

main() {
    read_settings "$@"
    enter_launch_folder
    trap stop TERM INT HUP
    trap finish EXIT
    check_storage
    take_lock
    start_keeping_lock
    end_former_jobs
    stage_project
    stage_configuration
    restore_session
    make_command
    start_uploading
    run_nextflow
    exit "$CODE"
}

main "$@"
