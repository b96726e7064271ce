# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of the command jpki for bash.
_jpki()
{
    local commands='status check certificate pin sign doctor report register unregister'
    local options='--help --version --json --pem --text --reader --format --force --with-pin --dry-run --system'
    local word=${COMP_WORDS[COMP_CWORD]} words=$commands i

    COMPREPLY=()
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    -r | --reader) return ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W 'cms raw pdf' -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
    fi
    case ${COMP_WORDS[1]-}/${COMP_WORDS[COMP_CWORD - 1]} in
    pin/pin) words='check change' ;;
    pin/check | pin/change) words='auth sign text' ;;
    check/check) words=sign ;;
    certificate/certificate) words='auth sign' ;;
    sign/*)
        if ((COMP_CWORD > 1)); then
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return
        fi
        ;;
    register/* | unregister/*) words='firefox chromium p11-kit ssh java git bridge' ;;
    *)
        for ((i = 1; i < COMP_CWORD; i++)); do
            [[ " $commands " == *" ${COMP_WORDS[i]} "* ]] && return
        done
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _jpki jpki
