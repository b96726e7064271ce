#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# exports.sh MODULE: the built module is fit to live in other people's
# processes. It exports three symbols, which it does not look up itself, calls
# nothing that would change its host, runs no code when it is loaded or unloaded,
# and is hardened.
set -eu
LC_ALL=C
export LC_ALL
module=${1:?usage: $0 MODULE}

exports='C_GetFunctionList C_GetInterface C_GetInterfaceList'
# The C library, of which the dynamic linker is a part, and two more.
libraries='libc\.so\.[0-9]+|ld-linux.*|libcrypto\.so\.3|libpcsclite\.so\.1'
# What a module has no business to call, whatever for. It calls dlopen for
# itself only: loading.sh.
forbidden='getenv|setenv|putenv|unsetenv|clearenv|setlocale|uselocale|chdir|umask
signal|sigaction|sigprocmask|atexit|on_exit|at_quick_exit|__cxa_atexit
pthread_atfork|__register_atfork|fork|vfork|system|popen|posix_spawn|posix_spawnp
execv|execve|execvp|execl|execlp|pthread_create|thrd_create|dlmopen|dlsym|dlvsym
exit|_exit|abort|srand|rand'

# one_of LIST: the list as one extended regular expression.
one_of() {
    printf '%s\n' "$1" | paste -sd '|'
}

dynamic=$(readelf --wide --dynamic "$module")

# tag NAME: the values of one entry of the dynamic section.
tag() {
    printf '%s\n' "$dynamic" | awk -v tag="($1)" '$2 == tag {
        sub(/^[^)]*\)[ \t]*/, ""); print }'
}

check_symbols() {
    found=$(nm -D --defined-only "$module" | awk '{ print $NF }' | sort | xargs)
    [ "$found" = "$exports" ] || echo "exports: $found"
    nm -D --undefined-only "$module" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
        grep -xE "$(one_of "$forbidden")" | sed 's/^/calls: /' || true
}

# With RTLD_GLOBAL these would be another module's, if that was loaded first.
check_binding() {
    for name in $exports; do
        ! readelf --wide --relocs "$module" | grep -qw "$name" ||
            echo "looks up its own $name (-Bsymbolic-functions)"
    done
}

check_libraries() {
    tag NEEDED | sed 's/.*\[\(.*\)\]/\1/' |
        grep -vxE "$(one_of "$libraries")" | sed 's/^/needs: /' || true
}

# One pointer in each array is the compiler's own, frame_dummy and its mate.
check_arrays() {
    pointer=8
    readelf --file-header "$module" | grep -q 'ELF32' && pointer=4
    for array in INIT FINI; do
        size=$(tag "${array}_ARRAYSZ" | awk '{ print $1 }')
        [ "${size:-0}" -le "$pointer" ] || echo "code at load or unload: $array"
    done
    [ -z "$(tag PREINIT_ARRAY)" ] || echo 'code at load: PREINIT'
}

# What makes it a module; what it has in common with programs is hardening.sh's.
check_kind() {
    case "$(tag FLAGS_1)" in
    *NODELETE*) echo 'cannot be unloaded' ;;
    *NOOPEN* | *PIE*) echo 'is no module' ;;
    esac
}

complaints=$(
    check_symbols
    check_binding
    check_libraries
    check_arrays
    check_kind
    sh "$(dirname "$0")/hardening.sh" "$module" || true
)
[ -n "$complaints" ] || exit 0
printf '%s\n' "$complaints"
exit 1
