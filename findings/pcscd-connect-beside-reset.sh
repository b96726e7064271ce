#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A connection that is opened while another program resets the card looks good
# and cannot transmit.
#
#   Software    pcscd and libpcsclite 1.9.9, Debian 12, with the virtual reader of
#               vsmartcard 3.3
#   Input       program A ends its connection with SCARD_RESET_CARD; the card takes
#               0.1 s to answer its ATR. Meanwhile program B calls SCardConnect
#               (shared, T=0 or T=1), then SCardStatus, SCardBeginTransaction and
#               SCardTransmit of a SELECT with the protocol block of T=1. Up to 40
#               rounds, as the outcome depends on who goes first in the daemon.
#   Seen        in about half of the rounds B's SCardConnect succeeds with protocol
#               T=1, SCardStatus and SCardBeginTransaction succeed with protocol 0,
#               and every SCardTransmit answers SCARD_E_PROTO_MISMATCH, inside the
#               transaction and later. Only SCardReconnect cures it. A program that
#               was connected before the reset gets SCARD_W_RESET_CARD.
#   Expected    a connection that transmits; or SCARD_W_RESET_CARD, the code that
#               tells a program to reconnect.
#   Why         The code says that B chose a wrong protocol, which it did not, and
#               programs that recover from resets wait for SCARD_W_RESET_CARD. The
#               card looks broken whenever another program has just left it, as
#               programs do that reset it in order to log out.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, unshare, python3, and root for
# the namespaces in which its pcscd runs. Exits 0 while the behaviour is as told,
# 1 when it changed, 77 where the packages cannot be had.
. "$(dirname "$0")/pcsc/private-pcscd.sh"

with_pcscd <<'END'
from pcsc import *

OK, MISMATCH = 'SCARD_S_SUCCESS', 'SCARD_E_PROTO_MISMATCH'
ROUNDS = 40

start_pcscd()
a, b, old = Program(), Program(), Program()
for program in a, b, old:
    program.establish()
old.connect()

for number in range(1, ROUNDS + 1):
    print('round %d' % number)
    a.connect()
    leaver = threading.Thread(target=a.disconnect, args=(RESET,))
    leaver.start()
    time.sleep(SLOW / 10)
    seen = [tell('B: SCardConnect', b.connect())]
    leaver.join()
    seen += [tell('B: SCardStatus', b.status())]
    protocol = b.protocol.value
    print('B: protocol %d' % protocol)
    seen += [tell('B: SCardBeginTransaction', b.begin()),
             tell('B: SCardTransmit', b.transmit())]
    time.sleep(2 * SLOW)
    seen += [tell('B: SCardTransmit, later', b.transmit())]
    b.end(LEAVE)
    old_code = tell('connected before: SCardTransmit', old.transmit())
    seen += [tell('B: SCardReconnect', b.reconnect()),
             tell('B: SCardTransmit', b.transmit())]
    b.disconnect(LEAVE)
    old.reconnect()
    if seen[3] == MISMATCH:
        break

if (seen != [OK, OK, OK, MISMATCH, MISMATCH, OK, OK] or protocol != 0
        or old_code != 'SCARD_W_RESET_CARD'):
    sys.exit('changed')
END
