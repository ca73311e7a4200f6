# shellcheck shell=bash
# Nextflow as a child: signals go to it, its exit code comes out, and within the agent's stop time all is put in order.
# shellcheck disable=SC2034  # read by the other parts

NEXTFLOW='' STOP_BY='' INTERRUPTED='' CODE=1

run_nextflow() {
    stop_if_asked
    export NF_RUN_ID=$RUN_ID NXF_ANSI_LOG=false
    say 'starting Nextflow'
    setsid nextflow "${COMMAND[@]}" & # a group of its own, for what it starts as well
    NEXTFLOW=$!
    printf '%s\n' "$NEXTFLOW" >"$STATE/group"
    [[ ! -e $STATE/lost ]] || signal_nextflow KILL
    [[ -z $STOP_BY ]] || pass_on
    await_nextflow
    [[ ! -e $STATE/lost ]] || CODE=1
    say "Nextflow ended with $CODE"
}

await_nextflow() {
    local code=''
    while :; do
        INTERRUPTED=''
        wait "$NEXTFLOW"
        CODE=$?
        if ((CODE == 127)) && [[ -n $code ]]; then # it had ended already when the signal came
            CODE=$code
            return
        fi
        code=$CODE
        [[ -n $INTERRUPTED ]] || return 0
    done
}

# stop: the agent's SIGTERM. All has to be over some seconds before its SIGKILL.
stop() {
    INTERRUPTED=1
    [[ -z $STOP_BY ]] || return 0
    STOP_BY=$(($(read_uptime) + NF_STOP_TIMEOUT - 5))
    [[ -z $NEXTFLOW ]] || pass_on
}

pass_on() {
    local patience=$((NF_STOP_TIMEOUT * 6 / 10))
    say "SIGTERM: Nextflow has $patience s to end its jobs"
    signal_nextflow TERM
    (
        pause "$patience"
        signal_nextflow KILL
    ) &
    IMPATIENT=$!
}

# read_remaining: seconds until all has to be over; many where nobody waits.
read_remaining() {
    printf '%s' $((${STOP_BY:-$(($(read_uptime) + 600))} - $(read_uptime)))
}

# stop_if_asked: between the steps before Nextflow.
stop_if_asked() {
    [[ ! -e ${STATE:-}/lost ]] || fail 'the lock of the run was lost' "$(<"$STATE/lost")"
    [[ -z $STOP_BY ]] || exit 143
}

# finish: at every end of this script. `invoke run --follow` knows the log's end by its last line.
finish() {
    put_in_order
    say 'the head is done'
}

put_in_order() {
    local uploading
    [[ -z ${IMPATIENT:-} ]] || kill "$IMPATIENT" 2>/dev/null
    holds_lock || return 0
    rm -f "$STATE/group"
    if [[ -n $NEXTFLOW ]]; then
        stop_uploading
        upload_all &
        uploading=$!
        ((CODE == 0)) || sweep
        wait "$uploading"
    fi
    [[ ! -e $STATE/lost ]] || warn "the lock of the run was lost ($(<"$STATE/lost")): Nextflow was stopped." \
        'Its jobs are the new head'\''s to end; where there is none: invoke list-runs --orphans'
    give_lock_back
}
