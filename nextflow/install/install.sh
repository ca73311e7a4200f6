#!/bin/bash
# What the image of Nextflow is made of; run by its Dockerfile, in the build's context.
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
    install_packages
    check_java
    install_aws_cli
    install_nextflow
    install_plugin nf-amazon "$NF_AMAZON_VERSION" "$NF_AMAZON_URL" "$NF_AMAZON_SHA256"
    install_plugin nf-cloudcache "$NF_CLOUDCACHE_VERSION" "$NF_CLOUDCACHE_URL" "$NF_CLOUDCACHE_SHA256"
    install_entrypoint
    make_user
}

# What the base image has not: ps for Nextflow's own metrics, git, and what unpacks the downloads.
install_packages() {
    local missing=() program
    for program in java:openjdk-17-jre-headless ps:procps curl:curl unzip:unzip git:git; do
        command -v "${program%%:*}" >/dev/null || missing+=("${program#*:}")
    done
    ((${#missing[@]} > 0)) || return 0
    if ! command -v apt-get >/dev/null; then
        echo "kiln: not installed, since the base image has no apt: ${missing[*]}"
        return 0
    fi
    [[ -z ${PACKAGE_SOURCES:-} ]] || use_package_sources
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ca-certificates "${missing[@]}"
    rm -rf /var/lib/apt/lists/*
}

use_package_sources() {
    rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
    printf '%s\n' "$PACKAGE_SOURCES" >/etc/apt/sources.list.d/given.sources
}

check_java() {
    local version
    version=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/.*java.specification.version = //p')
    if [[ ! $version =~ ^[0-9]+$ ]] || ((version < 17)); then
        echo "kiln: Nextflow needs Java 17 or later; the image has ${version:-none}" >&2
        exit 1
    fi
    echo "kiln: Java $version"
}

# fetch URL SHA256 FILE
fetch() {
    curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$3" "$1"
    echo "$2  $3" | sha256sum --check --quiet
}

install_aws_cli() {
    if [[ $AWS_CLI_URL == base ]]; then
        echo "kiln: AWS CLI: the base image's own, $(aws --version)"
        return 0
    fi
    fetch "$AWS_CLI_URL" "$AWS_CLI_SHA256" /tmp/aws.zip
    unzip -q /tmp/aws.zip -d /tmp/aws-cli
    /tmp/aws-cli/aws/install
    rm -rf /tmp/aws.zip /tmp/aws-cli
    echo "kiln: AWS CLI: $(aws --version)"
}

install_nextflow() {
    mkdir -p "$NXF_HOME"
    if [[ $NEXTFLOW_URL == base ]]; then
        command -v nextflow >/dev/null || { echo "kiln: the base image has no nextflow on its PATH" >&2 && exit 1; }
        echo "kiln: nextflow is the base image's own: $(nextflow -v)"
        return 0
    fi
    if [[ -d replaced ]]; then
        install_given
        echo "kiln: nextflow is REPLACED by $(cat replaced/nextflow.name): not Nextflow $NEXTFLOW_VERSION"
        return 0
    fi
    fetch "$NEXTFLOW_URL" "$NEXTFLOW_SHA256" /usr/local/bin/nextflow
    chmod 0755 /usr/local/bin/nextflow
    echo "kiln: $(nextflow -v)"
}

# A program, or a folder with one and with plug-ins.
install_given() {
    if [[ -f replaced/nextflow ]]; then
        install -m 0755 replaced/nextflow /usr/local/bin/nextflow
        return 0
    fi
    mkdir -p "$NXF_PLUGINS_DIR"
    [[ ! -d replaced/folder/plugins ]] || mv replaced/folder/plugins/* "$NXF_PLUGINS_DIR"
    cp -R replaced/folder /opt/given-nextflow
    chmod -R 0755 /opt/given-nextflow # the context tells no programs from other files, and it may hold a Java of its own
    ln -s /opt/given-nextflow/nextflow /usr/local/bin/nextflow
}

# install_plugin NAME VERSION URL SHA256: where Nextflow, offline, finds that version.
install_plugin() {
    [[ $NEXTFLOW_URL != base ]] || return 0
    if [[ -d replaced ]]; then
        if compgen -G "$NXF_PLUGINS_DIR/$1-*" >/dev/null; then
            echo "kiln: plug-in $1 came with what replaces nextflow: not $2"
        else
            echo "kiln: plug-in $1 $2 is left out: nextflow is replaced"
        fi
        return 0
    fi
    fetch "$3" "$4" /tmp/plugin.zip
    mkdir -p "$NXF_PLUGINS_DIR/$1-$2"
    unzip -q /tmp/plugin.zip -d "$NXF_PLUGINS_DIR/$1-$2"
    rm /tmp/plugin.zip
    echo "kiln: plug-in $1 $2"
}

install_entrypoint() {
    mkdir -p /opt/entrypoint
    install -m 0644 entrypoint/*.sh /opt/entrypoint/
    chmod 0755 /opt/entrypoint/entrypoint.sh
}

# Not root. NXF_HOME and the launch folder are its own.
make_user() {
    echo 'nextflow:x:10001:' >>/etc/group # a small base image has no useradd
    echo 'nextflow:x:10001:10001:Nextflow:/home/nextflow:/bin/bash' >>/etc/passwd
    install -d -m 0755 -o 10001 -g 10001 /home/nextflow
    mkdir -p /opt/work "$NXF_PLUGINS_DIR"
    chown -R 10001:10001 /opt/work "$NXF_HOME"
}

main
