# shellcheck shell=bash
# The lock object of a run: one head at a time. Nextflow itself lets two heads of a session run everything twice.
#
# It is made with If-None-Match: *, and renewed, taken over and given back with If-Match. Each content is another (a
# count, a token of this head), so that no ETag comes back. Never deleted: it tells the next head who was here.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
# shellcheck disable=SC2034  # read by the other parts

LOCK_ETAG='' LOCK_TIME='' LOCK_TEXT='' LOCK_COUNT=0 FORMER=''

# read_lock: 0 with LOCK_ETAG, LOCK_TIME (s) and its fields; 1 where there is none; 2 where S3 does not tell.
read_lock() {
    local answer when
    split_address "$RUN_DIR/lock.json"
    if ! answer=$(call s3api get-object --bucket "$BUCKET" --key "$KEY" "$SCRATCH.lock" \
        --query '[ETag,LastModified]' --output text); then
        [[ $(read_code) == NoSuchKey ]] && return 1
        return 2
    fi
    IFS=$'\t' read -r LOCK_ETAG when <<<"$answer"
    LOCK_TIME=$(date -u -d "$when" +%s) || return 2
    LOCK_TEXT=$(<"$SCRATCH.lock")
}

# read_field NAME: of the lock that was read.
read_field() {
    sed -n "s/.*\"$1\": \"\\([^\"]*\\)\".*/\\1/p" <<<"$LOCK_TEXT"
}

# write_lock STATE CONDITION VALUE: 0 where it is ours now; 1 where it is another's; 2 where S3 does not tell.
write_lock() {
    local etag
    LOCK_COUNT=$((LOCK_COUNT + 1))
    printf '{"state": "%s", "token": "%s", "count": "%s", "job": "%s", "attempt": "%s", "host": "%s", "run": "%s", ' \
        "$1" "$TOKEN" "$LOCK_COUNT" "$JOB" "$ATTEMPT" "$(uname -n)" "$RUN_NAME" >"$SCRATCH.mine"
    printf '"session": "%s", "work": "%s"}\n' "$RUN_ID" "$WORK" >>"$SCRATCH.mine"
    split_address "$RUN_DIR/lock.json"
    if etag=$(call s3api put-object --bucket "$BUCKET" --key "$KEY" --body "$SCRATCH.mine" \
        --content-type application/json "$2" "$3" --query ETag --output text); then
        LOCK_ETAG=$etag
        printf '%s %s\n' "$LOCK_ETAG" "$LOCK_COUNT" >"$STATE/etag"
        return 0
    fi
    case $(read_code) in
        NoSuchBucket | AccessDenied*) holds_lock || refuse_storage "$RUN_DIR" ;;&
        PreconditionFailed | ConditionalRequestConflict | NoSuchKey | 404) ;;
        *) return 2 ;;
    esac
    # The CLI tries again where an answer was lost: what it is refused for may be its own first try.
    read_lock || return
    [[ $(read_field token) == "$TOKEN" ]] || return 1
    [[ "$(read_field state) $(read_field count)" == "$1 $LOCK_COUNT" ]] || return 2 # or a renewal that was on its way
}

# take_lock: waits for a lock whose head is gone to grow stale; the end where its head lives.
take_lock() {
    local first='' unknown=0
    VERDICT=absent
    try_lock --if-none-match '*'
    until holds_lock; do
        look_at_lock
        case $VERDICT in
            absent) try_lock --if-none-match '*' ;;
            free) try_lock --if-match "$LOCK_ETAG" ;;
            stale) follow_former && try_lock --if-match "$LOCK_ETAG" ;;
            young) await_stale ;;
            live) refuse_second ;;
        esac
        stop_if_asked
    done
}

holds_lock() {
    [[ -e ${STATE:-}/held ]]
}

look_at_lock() {
    VERDICT=unknown
    read_lock
    case $? in
        0) judge_holder ;;
        1) VERDICT=absent ;;
        *) count_unknown ;;
    esac
}

try_lock() {
    write_lock held "$@"
    case $? in
        0) note_taken ;;
        2) count_unknown ;;
    esac
}

count_unknown() {
    ((++unknown < 5)) || fail 'the lock of the run cannot be read or written' "$RUN_DIR/lock.json: $(read_code)"
    pause 2
}

note_taken() {
    FORMER=$VERDICT
    : >"$STATE/held"
    if [[ $VERDICT == stale ]]; then
        say "lock taken over from $HOLDER ($STATUS)"
    else
        say "lock taken: $RUN_DIR/lock.json"
    fi
}

# A head that lives renews its lock, whatever AWS Batch says of its job.
await_stale() {
    if [[ -n $first && $first != "$LOCK_ETAG" ]]; then
        STATUS='its lock is being renewed'
        refuse_second
    fi
    [[ -n $first ]] || say "the lock is of $HOLDER ($STATUS): it can be taken in $WAIT s"
    first=$LOCK_ETAG
    pause $((WAIT < 5 ? WAIT : 5))
}

refuse_second() {
    fail "another head of $RUN_NAME is at work: $HOLDER" "$STATUS; two heads of one session would run everything twice." \
        "Wait for its end, or end it; the lock is $RUN_DIR/lock.json."
}
