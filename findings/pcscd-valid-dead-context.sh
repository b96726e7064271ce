#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# SCardIsValidContext says good of a context whose pcscd is gone, while it is gone
# and after another one has started, though no call on that context works again.
#
#   Software    pcscd and libpcsclite 1.9.9, Debian 12, with the virtual reader of
#               vsmartcard 3.3
#   Input       a program with a context; pcscd is ended by SIGTERM and started
#               again, as on an upgrade of the package.
#   Seen        SCardIsValidContext answers SCARD_S_SUCCESS at any time.
#               SCardListReaders on the old context answers an error, also when the
#               new pcscd is up and serves a new context.
#   Expected    SCARD_E_INVALID_HANDLE from SCardIsValidContext for a context that
#               is good for nothing any more.
#   Why         SCardIsValidContext is there to tell whether a context still is
#               good. A long-running program that asks it before use, and makes a
#               new context if not, sees no reader until it is restarted itself.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, unshare, python3, and root for
# the namespaces in which its pcscd runs. Exits 0 while the behaviour is as told,
# 1 when it changed, 77 where the packages cannot be had.
. "$(dirname "$0")/pcsc/private-pcscd.sh"

with_pcscd <<'END'
from pcsc import *

OK = 'SCARD_S_SUCCESS'

pcscd = start_pcscd()
program, other = Program(), Program()
program.establish()
before = [tell('SCardIsValidContext', program.is_valid_context()),
          tell('SCardListReaders', program.list_readers())]
pcscd.terminate()
pcscd.wait()
print('pcscd has ended')
gone = [tell('SCardIsValidContext', program.is_valid_context()),
        tell('SCardListReaders', program.list_readers())]
start_pcscd()
print('pcscd is up again')
again = [tell('SCardIsValidContext', program.is_valid_context()),
         tell('SCardListReaders', program.list_readers())]
other.establish()
fresh = tell('SCardListReaders, new context', other.list_readers())
if (before != [OK, OK] or gone[0] != OK or gone[1] == OK or again[0] != OK
        or again[1] == OK or fresh != OK):
    sys.exit('changed')
END
