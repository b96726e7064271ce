#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The lint scripts can fail: each is given a small tree that it must accept,
# then the same tree with one thing wrong at a time, which it must refuse.
set -eu

lint=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$lint/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree
wrong=0
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

good_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/pkcs11" "$tree/token/card" "$tree/crypto" "$tree/conf" \
        "$tree/tool" "$tree/tests"
    cp "$top/.clang-format" "$tree"
    printf '%s\nint log_it(void);\n' "$spdx" >"$tree/conf/log.h"
    printf '%s\n#include "conf/log.h"\n#include <winscard.h>\n' "$spdx" \
        >"$tree/token/card/link.c"
    printf '%s\n#include <openssl/x509.h>\n#include "conf/log.h"\n' "$spdx" \
        >"$tree/crypto/cert.c"
    {
        printf '%s\n#include <p11-kit/pkcs11.h>\n#include "conf/log.h"\n' "$spdx"
        printf '\nCK_RV entry(void)\n{\n'
        repeat 59 '    log_it();'
        printf '}\n'
    } >"$tree/pkcs11/entry.c"
    printf '%s\n' "$spdx" '#include <dlfcn.h>' '#include <stddef.h>' '' \
        'static void *self;' 'void keep(void)' '{' \
        '    self = dlopen(NULL, RTLD_NOLOAD);' '    (void)self;' '}' \
        >"$tree/pkcs11/entry_general.c"
    printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\necho hello\n' \
        >"$tree/tests/hello.sh"
}

# repeat COUNT LINE
repeat() {
    awk -v count="$1" -v line="$2" \
        'BEGIN { for (i = 0; i < count; i++) print line }'
}

# expect STATUS SCRIPT ARGUMENT WHAT: 77, no tool, is never a complaint here.
expect() {
    status=0
    sh "$lint/$2" "$3" </dev/null >"$scratch/output" 2>&1 || status=$?
    [ "$status" -ne 77 ] || return 0
    if [ "$status" -ne "$1" ]; then
        echo "$2 answered $status, not $1: $4"
        cat "$scratch/output"
        wrong=1
    fi
}

# accepts SCRIPT
accepts() {
    good_tree
    expect 0 "$1" "$tree" 'the good tree'
}

# refuses SCRIPT FILE LINE...: the good tree and FILE made of the lines.
refuses() {
    script=$1
    file=$2
    shift 2
    good_tree
    printf '%s\n' "$@" >"$tree/$file"
    expect 1 "$script" "$tree" "$file: $*"
}

# refuses_include FILE INCLUDED
refuses_include() {
    refuses includes.sh "$1" "$spdx" "#include $2"
}

# accepts_include FILE INCLUDED
accepts_include() {
    good_tree
    printf '%s\n' "$spdx" "#include $2" >"$tree/$1"
    expect 0 includes.sh "$tree" "$1 including $2"
}

# compile OUTPUT FLAG...: a module, from the source on standard input.
compile() {
    output=$1
    shift
    "${CC:-gcc}" -x c -shared -fPIC -o "$output" - -Wl,-z,relro,-z,now \
        "$@"
}

module_source() {
    printf 'void %s(void) {}\n' C_GetFunctionList C_GetInterface \
        C_GetInterfaceList
}

# refuses_module WHAT LINE FLAG...: one more line of source, or other flags.
refuses_module() {
    what=$1
    line=$2
    shift 2
    { module_source && printf '%s\n' "$line"; } |
        compile "$scratch/module.so" "$@"
    expect 1 exports.sh "$scratch/module.so" "$what"
}

# refuses_locking BODY: a function that clang has to find wrong.
refuses_locking() {
    printf '%s\nstatic struct lock lock = LOCK_INITIALIZER;\n%s\n%s\n' \
        '#include "conf/lock.h"' 'static int n GUARDED_BY(lock);' \
        "void f(pthread_cond_t *c); void f(pthread_cond_t *c) { $1 }" |
        clang -I"$top" -Wthread-safety -Werror -fsyntax-only -x c - \
            2>"$scratch/output" || return 0
    echo "clang accepted: $1"
    wrong=1
}

for script in headers includes limits loading format references spdx words \
    shellcheck musl; do
    accepts $script.sh
done

# A build directory of any name is no part of the tree.
good_tree
mkdir -p "$tree/b/meson-private" "$tree/b/token"
echo 'int a;' >"$tree/b/token/a.c"
expect 0 spdx.sh "$tree" 'a build directory'

refuses headers.sh token/lame.h "$spdx" 'size_t lame(void);'
refuses headers.sh token/twice.h "$spdx" 'enum twice { TWICE };'

refuses musl.sh conf/a.c "$spdx" '#include <string.h>' \
    'const char *name(int error);' \
    'const char *name(int error) { return strerrorname_np(error); }'

# FILE INCLUDED: what goes another way than includes.sh says.
while read -r file included; do
    refuses_include "$file" "$included"
done <<'END'
tool/a.c "pkcs11/entry.h"
tool/a.c "token/card/link.h"
tool/a.c "crypto/trust.h"
pkcs11/a.c "token/card/link.h"
pkcs11/a.c "crypto/trust.h"
pkcs11/a.c "conf/conf.h"
pkcs11/a.c "tests/vcard/vcard.h"
pkcs11/a.c "entry.h"
pkcs11/a.c <openssl/evp.h>
pkcs11/a.c <winscard.h>
token/card/a.c "crypto/cert.h"
token/card/a.c "conf/conf.h"
token/card/a.c "token/token.h"
token/card/a.c <openssl/evp.h>
token/a.c "pkcs11/entry.h"
token/a.c <winscard.h>
token/a.c <openssl/evp.h>
crypto/a.h "token/card/link.h"
crypto/a.h "token/token.h"
crypto/a.c "pkcs11/entry.h"
crypto/a.c "conf/conf.h"
crypto/a.c <winscard.h>
conf/a.c "token/token.h"
conf/a.c <p11-kit/pkcs11.h>
elsewhere.c "conf/log.h"
tests/a.c "token/token.c"
END
accepts_include pkcs11/a.c '"crypto/digest.h"'
accepts_include tool/a.c '"conf/conf.h"'
accepts_include tool/a.c '"crypto/profile.h"'
accepts_include token/a.c '"token/card/link.h"'
accepts_include token/a.c '"crypto/trust.h"'

# a.c, a.h and b.h: a unit that includes itself over another.
good_tree
echo '#include "conf/b.h"' >"$tree/conf/a.c"
echo '#include "conf/c.h"' >"$tree/conf/b.h"
expect 0 includes.sh "$tree" 'no circle'
echo '#include "conf/a.h"' >"$tree/conf/c.h"
expect 1 includes.sh "$tree" 'a circle of three units'

refuses includes.sh tool/a.c "$spdx" 'int class = CKO_DATA;'
refuses includes.sh token/a.c "$spdx" 'unsigned long rv = CKR_OK;'
refuses includes.sh conf/a.h "$spdx" 'CK_RV conf_rv(void);'

refuses limits.sh token/long.c "$(repeat 500 "$spdx")"
refuses limits.sh token/long.c 'void f(void)' '{' "$(repeat 60 '    g();')" '}'

refuses loading.sh pkcs11/a.c 'self = dlopen(name, RTLD_NOW | RTLD_NOLOAD);'
refuses loading.sh pkcs11/entry_general.c 'self = dlopen(name, RTLD_NOW);'
refuses loading.sh pkcs11/entry_general.c "$(repeat 2 'a = dlopen(b, RTLD_NOLOAD);')"
refuses loading.sh conf/a.c '    return dlsym(handle, name);'

refuses format.sh token/a.c "$spdx" 'int  a ;'

refuses sentences.sh conf/words_a.h "$spdx" '#define W_A "a", "あ"'
good_tree
echo 'static const char *const a[] = {W_A};' >"$tree/conf/a.c"
echo '#define W_A "a", "あ"' >"$tree/conf/words_a.h"
expect 0 sentences.sh "$tree" 'a row that is used'
echo '#define W_A "a", "b"' >"$tree/conf/words_a.h"
expect 1 sentences.sh "$tree" 'a row that is not in Japanese'
refuses sentences.sh token/a.c "$spdx" 'void a(void)' '{' \
    '    log_warn(' '        "%s: it failed", b);' '}'

extension=$tree/tool/bridge/extension
# extension_with SCRIPT SENTENCE...: an extension with these.
extension_with() {
    good_tree
    mkdir -p "$extension/_locales/en"
    echo '{"name": "__MSG_name__"}' >"$extension/manifest.json"
    echo "$1" >"$extension/a.js"
    echo '<p data-words="title"></p>' >"$extension/a.html"
    shift
    printf '  "%s": {\n' "$@" >"$extension/_locales/en/messages.json"
}
extension_with 'return "refusedOnce"; show(words("one")); on("launchApp");' \
    name title refusedOnce one
expect 0 extension.sh "$tree" 'sentences that are named'
extension_with 'return "refusedOnce";' name title
expect 1 extension.sh "$tree" 'a sentence that is not there'
extension_with 'show(words("one"));' name title
expect 1 extension.sh "$tree" 'a sentence of one word that is not there'
extension_with '' name
expect 1 extension.sh "$tree" 'a sentence of a page that is not there'
extension_with '' title
expect 1 extension.sh "$tree" 'a sentence of the manifest that is not there'
extension_with '' name title another
expect 1 extension.sh "$tree" 'a sentence that nothing names'

refuses spdx.sh token/a.c 'int a;'
refuses spdx.sh tests/a.sh '#!/bin/sh' 'echo hello'
refuses spdx.sh meson.build "project('x')"

refuses words.sh token/a.c "/* T""ODO: more */"
refuses words.sh tests/a.sh "cp a /r""oot/b"

refuses references.sh token/a.c '/* The reason is in reasons.md. */'
refuses references.sh README.md 'See `token/none.c`.'
refuses references.sh README.md 'See `none.c`.'
refuses references.sh README.md 'It is `test_of_nothing`.'
good_tree
echo 'See [it](README.md), `conf/log.h`, `log.h` and `log_it`.' >"$tree/README.md"
expect 0 references.sh "$tree" 'names of what is there'

refuses shellcheck.sh tests/a.sh '#!/bin/sh' 'rm $1'

if command -v clang >/dev/null; then
    refuses_locking 'lock_acquire(&lock); (void)c;'
    refuses_locking 'lock_release(&lock); (void)c;'
    refuses_locking '(void)c; n++;'
    refuses_locking 'lock_wait(&lock, c);'
fi

module_source | compile "$scratch/module.so"
expect 0 exports.sh "$scratch/module.so" 'the good module'
refuses_module 'a fourth symbol' 'int jpki_secret;'
refuses_module 'a list that is looked up' \
    'void (*jpki_list)(void) __attribute__((visibility("hidden"))) =
    C_GetFunctionList;'
refuses_module 'a constructor' \
    'static __attribute__((constructor)) void at_load(void) {}'
refuses_module 'a destructor' \
    'static __attribute__((destructor)) void at_unload(void) {}'
refuses_module 'getenv' '#include <stdlib.h>
static __attribute__((used)) char *home(void) { return getenv("HOME"); }'
refuses_module 'dlsym' '#include <dlfcn.h>
static __attribute__((used)) void *find(void *in) { return dlsym(in, "f"); }'
refuses_module 'a library' '' -Wl,--no-as-needed -lm
refuses_module 'lazy binding' '' -Wl,-z,lazy
refuses_module 'no relro' '' -Wl,-z,norelro
refuses_module 'an executable stack' '' -Wl,-z,execstack
refuses_module 'a run path' '' -Wl,-rpath,/usr/lib
refuses_module 'cannot be unloaded' '' -Wl,-z,nodelete

echo 'int main(void) { return 0; }' >"$scratch/program.c"
# refuses_program WHAT FLAG...
refuses_program() {
    what=$1
    shift
    "${CC:-gcc}" -pie -fPIE -o "$scratch/program" "$scratch/program.c" \
        -Wl,-z,relro,-z,now "$@"
    expect 1 hardening.sh "$scratch/program" "$what"
}
refuses_program 'a program at a fixed address' -no-pie -fno-pie
refuses_program 'a program with lazy binding' -Wl,-z,lazy
"${CC:-gcc}" -pie -fPIE -o "$scratch/program" "$scratch/program.c" \
    -Wl,-z,relro,-z,now
expect 0 hardening.sh "$scratch/program" 'a good program'

exit $wrong
