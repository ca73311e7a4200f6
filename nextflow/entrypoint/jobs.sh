# shellcheck shell=bash
# The run's jobs in AWS Batch, known by their tag kiln:run. Nextflow knows those alone that it has an answer for: what it
# was submitting when it ended, and what a killed head left, nobody else ends.

LIVE='SUBMITTED PENDING RUNNABLE STARTING RUNNING'

# list_jobs [CONDITION]: the ids of the run's jobs that are not over, without heads. Not 0 where AWS Batch does not tell
# all. CONDITION is JMESPath's, as in ' && !isTerminated'.
list_jobs() {
    local queue status queues limit
    limit=$(choose_limit)
    IFS=, read -ra queues <<<"${NF_QUEUES:-$NF_JOB_QUEUE}"
    # shellcheck disable=SC2016  # xargs gives $0 and $1
    for queue in "${queues[@]}"; do
        for status in $LIVE; do
            printf '%s\0%s\0' "$queue" "$status"
        done
    done | xargs -0 -n 2 -P 2 "$BASH" -c 'exec timeout '"$limit"' aws batch list-jobs --job-queue "$0" --job-status "$1" \
        --query "jobSummaryList[].[jobId]" --output text' 2>"$SCRATCH.said" >"$STATE/listed" || return
    sort -u "$STATE/listed" | xargs -r -n 100 timeout "$limit" aws batch describe-jobs --output text --query \
        "jobs[?tags.\"kiln:run\"=='$RUN_ID' && tags.\"kiln:head\"!='true'${1:-}].[jobId]" --jobs 2>"$SCRATCH.said" >"$STATE/ours" || return
    grep -vxF -- "${JOB:--}" "$STATE/ours" || true
}

# end_jobs REASON: those whose ids come in.
end_jobs() {
    xargs -r -n 1 -P 4 timeout "$(choose_limit)" aws batch terminate-job --reason "$1" --job-id 2>"$SCRATCH.said"
}

# end_former_jobs: a head that was killed left its jobs running: they would run a second time beside themselves.
end_former_jobs() {
    local jobs count
    stop_if_asked
    [[ ${NF_RESUME:-} == 1 || $FORMER == stale ]] || return 0
    if ! jobs=$(list_jobs); then
        fail 'what the former head left running cannot be listed' "$(read_said)" 'They would run twice.'
    fi
    count=$(grep -c . <<<"$jobs")
    say "jobs that the former head left: $count"
    ((count > 0)) || return 0
    end_jobs 'Kiln: the run is resumed by another head' <<<"$jobs" ||
        fail 'jobs of the former head cannot be ended' "$(read_said)" 'They would run twice.'
    say 'waiting for their end'
    await_end "$jobs"
}

# await_end JOBS: a job that runs gets SIGTERM, and up to two minutes, first.
await_end() {
    local until left
    until=$(($(read_uptime) + 300))
    while (($(read_uptime) < until)); do
        stop_if_asked
        left=$(xargs -n 100 timeout "$(choose_limit)" aws batch describe-jobs --output text --query \
            "jobs[?status!='SUCCEEDED' && status!='FAILED'].[jobId]" --jobs <<<"$1" 2>"$SCRATCH.said") || left='unknown'
        [[ -n $left ]] || return 0
        pause 3
    done
    warn "still ending: $(tr '\n' ' ' <<<"$left")"
}

# sweep: after an end that was no success, again where something was left; never where the run is another head's now, and
# not what Nextflow itself has told to end.
sweep() {
    local jobs tries
    [[ ! -e $STATE/lost ]] || return 0
    for tries in 1 2 3; do
        if ! jobs=$(list_jobs ' && !isTerminated'); then
            warn "the run's jobs cannot be listed: $(read_said)"
            return 0
        fi
        [[ -n $jobs ]] || return 0
        say "ending $(grep -c . <<<"$jobs") jobs that Nextflow left (look $tries)"
        end_jobs 'Kiln: the head of the run has ended' <<<"$jobs" || warn "jobs cannot be ended: $(read_said)"
        (($(read_remaining) > 15)) || break
    done
}
