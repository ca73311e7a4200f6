# shellcheck shell=bash
# The lock is renewed while Nextflow runs. A head that lost it, or cannot renew it, stops before anybody may take it.
# shellcheck disable=SC2034  # read by the other parts

KEEPER=''

start_keeping_lock() {
    keep_lock &
    KEEPER=$!
}

keep_lock() {
    local last late age patience=$NF_LOCK_STALE
    # While its job lives in AWS Batch nobody takes a head's lock, however old it is: Nextflow stands still for longer.
    [[ -z ${JOB:-} ]] || patience=$((5 * NF_LOCK_STALE))
    SCRATCH=$STATE/keeper
    last=$(read_uptime)
    while pause "$NF_LOCK_RENEW"; do
        age=$(($(read_uptime) - last))
        late=$((age > NF_LOCK_STALE - 2 * NF_LOCK_RENEW))
        ((late == 0)) || signal_nextflow STOP # this machine stood still: nothing is submitted until S3 has answered
        write_lock held --if-match "$LOCK_ETAG"
        case $? in
            0) last=$(read_uptime) ;;
            1) lose_lock "it is another's now" && return ;;
            *)
                ((age <= patience - 2 * NF_LOCK_RENEW)) || { lose_lock "it could not be renewed: $(read_code)" && return; }
                continue
                ;;
        esac
        ((late == 0)) || signal_nextflow CONT
    done
}

# Killed, not asked to end: on SIGTERM Nextflow lets submissions that are on their way go through.
lose_lock() {
    printf '%s\n' "$1" >"$STATE/lost"
    signal_nextflow KILL
}

# signal_nextflow NAME: to all that Nextflow has started here.
signal_nextflow() {
    local group
    [[ ! -s $STATE/group ]] || { read -r group <"$STATE/group" && kill "-$1" -- "-$group" 2>/dev/null; }
    return 0
}

# give_lock_back: after the last upload and the sweep. Where it is another's, it stays so.
give_lock_back() {
    local tries
    [[ -z $KEEPER ]] || kill "$KEEPER" 2>/dev/null
    [[ ! -e $STATE/lost ]] || return 0
    read -r LOCK_ETAG LOCK_COUNT <"$STATE/etag"
    for tries in 1 2 3; do # a renewal may still be on its way
        write_lock free --if-match "$LOCK_ETAG" && return 0
        read_lock || continue
        [[ $(read_field token) == "$TOKEN" ]] || return 0
        LOCK_COUNT=$(($(read_field count) + tries))
    done
    warn "the lock was not given back: it is stale in $NF_LOCK_STALE s"
}
