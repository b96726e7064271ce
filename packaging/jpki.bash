# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of the command jpki for bash.
_jpki()
{
    local commands='status doctor'
    local options='--help --version --json --reader'
    local word=${COMP_WORDS[COMP_CWORD]} i

    COMPREPLY=()
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    -r | --reader) return ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ " $commands " == *" ${COMP_WORDS[i]} "* ]] && return
    done
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
}
complete -F _jpki jpki
