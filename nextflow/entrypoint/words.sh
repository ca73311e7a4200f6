# shellcheck shell=bash
# What is printed. Never a variable's or an argument's value that may be a secret.
# shellcheck disable=SC2034  # read by the other parts

say() {
    printf 'kiln: %s\n' "$*"
}

warn() {
    printf 'kiln: ! %s\n' "$*" >&2
}

# fail WHAT [WHY, WHAT TO TRY …]: the end, with 1.
fail() {
    printf 'kiln: ✗ %s\n' "$1" >&2
    shift
    (($# == 0)) || printf 'kiln:   %s\n' "$@" >&2
    exit 1
}

# read_uptime: seconds of a clock that nobody sets.
read_uptime() {
    local up
    read -r up _ </proc/uptime
    printf '%s' "${up%.*}"
}

# pause SECONDS: ends early where a signal comes.
pause() {
    sleep "$1" >/dev/null 2>&1 &
    wait "$!"
}

# attend COMMAND …: waits for what may take long, and ends it where a signal comes.
attend() {
    local child code
    "$@" &
    child=$!
    wait "$child"
    code=$?
    [[ -z $STOP_BY ]] || kill "$child" 2>/dev/null
    return "$code"
}

# hide_login ADDRESS: without the user and the password that an address of Git may carry.
hide_login() {
    sed -E 's|://[^/@]*@|://…@|' <<<"$1"
}
