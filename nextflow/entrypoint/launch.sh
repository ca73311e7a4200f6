# shellcheck shell=bash
# The folder that Nextflow is started in: one for each job and attempt, since a machine has several.
# shellcheck disable=SC2034  # read by the other parts

enter_launch_folder() {
    LAUNCH=${NF_LAUNCHDIR:-/opt/work}/$PLACE
    STATE=$LAUNCH/.head # what the parts of a head tell one another
    SCRATCH=$STATE/head # its own files, by process
    if ! mkdir -p "$STATE" || ! cd "$LAUNCH"; then
        fail "no folder can be made at $LAUNCH" 'NF_LAUNCHDIR names another place.'
    fi
    say "run $RUN_NAME, session $RUN_ID, ${JOB:+job $JOB, attempt $ATTEMPT, }on $(uname -n)"
    say "project $(hide_login "$PROJECT"), ${#ARGUMENTS[@]} arguments (not printed: they may hold secrets)"
    say "work folder $WORK, cache $NF_CACHE, logs $LOGS"
}
