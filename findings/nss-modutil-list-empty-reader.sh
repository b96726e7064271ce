#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# "modutil -list NAME" lists a module and ends with 32 where one of its readers is
# empty.
#
#   Software    NSS 3.87.1 (modutil, certutil), OpenSC 0.23.0 (opensc-pkcs11.so),
#               pcscd 1.9.9 with the virtual readers of vsmartcard 3.3, Debian 12
#   Input       a new database with OpenSC's module; two readers, an empty one and one
#               with a card that is unknown to OpenSC; "modutil -list NAME" and
#               "modutil -list"
#   Seen        both print the module and its two slots. "modutil -list" ends with 0,
#               "modutil -list NAME" says "ERROR: Unable to get information about
#               token" in the place of the tokens and ends with 32. For a name that is
#               not in the database it ends with 29.
#   Expected    0: the module is in the database, and a reader without a card has no
#               token to tell of
#   Why         Scripts ask by this status whether a module is registered. With a
#               reader of two slots, or a second one that is empty, they take it for
#               missing: they add it again, which fails, or leave it in the database
#               when they should take it out.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, unshare, python3, and root for
# the namespaces in which its pcscd runs. Exits 0 while the behaviour is as told,
# 1 when it changed, 77 where the packages cannot be had.
. "$(dirname "$0")/pcsc/private-pcscd.sh"

apt-get -q download opensc-pkcs11=0.23.0-0.3+deb12u2 \
    libnss3=2:3.87.1-1+deb12u2 libnss3-tools=2:3.87.1-1+deb12u2 \
    libnspr4=2:4.35-1 libsqlite3-0=3.40.1-2+deb12u2 >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
with_pcscd <<'END'
import glob

from pcsc import *

BIN = os.path.abspath('root/usr/bin/')
MODULE = glob.glob(os.path.abspath('root/usr/lib/*/opensc-pkcs11.so'))[0]


def modutil(*arguments):
    """Its status, and what it says."""
    result = subprocess.run([BIN + '/modutil', '-dbdir', 'sql:db', '-force',
                             *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    print('modutil %s: %d' % (' '.join(arguments), result.returncode))
    print(result.stdout)
    return result.returncode, result.stdout


start_pcscd()
os.mkdir('db')
subprocess.run([BIN + '/certutil', '-N', '-d', 'sql:db', '--empty-password'],
               check=True)
modutil('-add', 'OpenSC', '-libfile', MODULE)
everything, _ = modutil('-list')
one, said = modutil('-list', 'OpenSC')
other, _ = modutil('-list', 'Other')
if (everything != 0 or one != 32 or other != 29
        or 'Library file: ' + MODULE not in said):
    sys.exit('changed')
END
