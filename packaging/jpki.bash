# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of the command jpki for bash.
_jpki()
{
    local commands='status sign doctor report'
    local options='--help --version --json --reader --format --force --with-pin'
    local word=${COMP_WORDS[COMP_CWORD]} i

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
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == sign ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return
        fi
        [[ " $commands " == *" ${COMP_WORDS[i]} "* ]] && return
    done
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
}
complete -o filenames -F _jpki jpki
