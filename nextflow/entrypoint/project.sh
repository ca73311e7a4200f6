# shellcheck shell=bash
# The project, and the run's own configuration and parameters.
# shellcheck disable=SC2034  # read by the other parts

stage_project() {
    stop_if_asked
    if [[ $PROJECT == s3://* ]]; then
        stage_from_s3
    elif [[ -d $PROJECT ]]; then
        SCRIPT=$PROJECT
    else
        SCRIPT=$PROJECT
        pull_project
    fi
}

stage_from_s3() {
    attend aws s3 sync --only-show-errors --exclude 'runs/*' --exclude '.*' --exclude '*/.*' "${PROJECT%/}" project 2>"$SCRATCH.said" || {
        stop_if_asked
        fail "the project $PROJECT cannot be read" "$(read_said)"
    }
    if [[ ! -f project/main.nf ]] && ! grep -qs mainScript project/nextflow.config && ! has_option -main-script; then
        fail "$PROJECT has no main.nf" 'Nothing of that name lies there, and no nextflow.config names another script.'
    fi
    [[ ! -d project/bin ]] || chmod -R a+rx project/bin # S3 keeps no rights
    SCRIPT=$PWD/project
}

# Nextflow used offline downloads no project: only this step goes to the Git host.
pull_project() {
    local revision
    [[ ${NXF_OFFLINE:-} == true ]] || return 0
    revision=$(read_option -r -revision)
    say "pulling $(hide_login "$PROJECT")"
    NXF_OFFLINE=false nextflow pull "$PROJECT" ${revision:+-r "$revision"} ||
        fail "the project $(hide_login "$PROJECT") cannot be pulled" 'Nextflow says why above.' \
            'A project in S3 begins with s3://.'
}

stage_configuration() {
    CONFIG='' PARAMS=''
    if [[ -n ${NF_CONFIG:-} ]]; then
        CONFIG=$PWD/run.config
        fetch_file "$NF_CONFIG" "$CONFIG"
    else
        write_default
    fi
    [[ -n ${NF_PARAMS:-} ]] || return 0
    PARAMS=$PWD/params.${NF_PARAMS##*.}
    fetch_file "$NF_PARAMS" "$PARAMS"
}

fetch_file() {
    call s3 cp --only-show-errors "$1" "$2" || fail "$1 cannot be read" "$(read_said)"
}

# The configuration of 2019, where a pipeline's own says nothing else.
write_default() {
    local home=${NXF_HOME:-$HOME/.nextflow}
    mkdir -p "$home" && cat >"$home/config" <<END
workDir = '$WORK'
process.executor = 'awsbatch'
process.queue = '$NF_JOB_QUEUE'
process.resourceLabels = ['kiln:run': System.getenv('NF_RUN_ID') ?: 'by-hand']
aws {
    region = '$REGION'
    batch {
        cliPath = '${NF_CLI_PATH:-/home/ec2-user/miniconda/bin/aws}'
    }
}
END
}
