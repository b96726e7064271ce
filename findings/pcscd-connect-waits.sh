#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Beside another program's transaction SCardConnect waits for its end, also with
# SCARD_SHARE_DIRECT, while SCardControl is refused at once.
#
#   Software    pcscd and libpcsclite 1.9.9, Debian 12, with the virtual reader of
#               vsmartcard 3.3
#   Input       program A holds a transaction for 2 s. Meanwhile three programs
#               call SCardConnect with SCARD_SHARE_SHARED, SCardConnect with
#               SCARD_SHARE_DIRECT, and SCardControl (feature request) on a direct
#               connection that was open before.
#   Seen        both SCardConnect succeed only when A has ended its transaction;
#               SCardControl answers SCARD_E_SHARING_VIOLATION within 0.2 s.
#   Expected    a connection at once, as SCardBeginTransaction is the call that
#               waits for others, and a direct connection does not need the card; or
#               the same answer from all three.
#   Why         SCardConnect has no time-out: a program that only wants to show
#               its readers, or a reader's features, stands still for as long as
#               another one works with the card. What waits and what is refused
#               cannot be guessed.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, unshare, python3, and root for
# the namespaces in which its pcscd runs. Exits 0 while the behaviour is as told,
# 1 when it changed, 77 where the packages cannot be had.
. "$(dirname "$0")/pcsc/private-pcscd.sh"

with_pcscd <<'END'
from pcsc import *

HELD = 2.0

start_pcscd()
a, shared, direct, reader = (Program() for _ in range(4))
for program in a, shared, direct, reader:
    program.establish()
reader.connect(DIRECT)
a.connect()
a.begin()
began = time.monotonic()
seen = {}


def run(name, function, *args):
    code = function(*args)
    seen[name] = (code, time.monotonic() - began)


threads = [threading.Thread(target=run, args=args) for args in
           (('SCardConnect, shared', shared.connect, SHARED),
            ('SCardConnect, direct', direct.connect, DIRECT),
            ('SCardControl', reader.control))]
for thread in threads:
    thread.start()
time.sleep(HELD)
a.end(LEAVE)
for thread in threads:
    thread.join()

names = {name: (tell('%s, after %.1f s' % (name, seconds), code), seconds)
         for name, (code, seconds) in seen.items()}
if not (all(names['SCardConnect, ' + share][0] == 'SCARD_S_SUCCESS'
            and names['SCardConnect, ' + share][1] >= HELD
            for share in ('shared', 'direct'))
        and names['SCardControl'][0] == 'SCARD_E_SHARING_VIOLATION'
        and names['SCardControl'][1] < HELD / 2):
    sys.exit('changed')
END
