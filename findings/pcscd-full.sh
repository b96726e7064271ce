#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A pcscd whose contexts or connections are used up says so with codes for other
# things.
#
#   Software    pcscd and libpcsclite 1.9.9, Debian 12, with the virtual reader of
#               vsmartcard 3.3; root, no polkit to be asked
#   Input       two programs open contexts until SCardEstablishContext fails, then it
#               is called 20 times more; all contexts are released, and one program
#               connects to the card (shared, on one context) until SCardConnect
#               fails
#   Seen        200 contexts of both together are given out. For those beyond them
#               SCardEstablishContext answers SCARD_E_NO_SERVICE or
#               SCARD_W_SECURITY_VIOLATION, by chance. The 201st connection gives
#               SCARD_F_INTERNAL_ERROR.
#   Expected    a code for a lack of resources, SCARD_E_NO_MEMORY for one
#   Why         SCARD_E_NO_SERVICE is the answer where no pcscd runs, and
#               SCARD_W_SECURITY_VIOLATION that for users whom polkit refuses. With
#               one program that forgets its contexts every other program, root's
#               too, reads one of these, and who looks for a stopped service or
#               missing rights looks in vain.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, unshare, python3, and root for
# the namespaces in which its pcscd runs. Exits 0 while the behaviour is as told,
# 1 when it changed, 77 where the packages cannot be had.
. "$(dirname "$0")/pcsc/private-pcscd.sh"

with_pcscd <<'END'
from pcsc import *

LIMIT = 200
MISLEADING = {'SCARD_E_NO_SERVICE', 'SCARD_W_SECURITY_VIOLATION'}

start_pcscd()


def until_refused(call, most):
    """How many calls succeed, and what the one after them answers."""
    for number in range(most):
        code = call()
        if code:
            return number, code
    return most, 0


def another_context():
    contexts.append(Program())
    return contexts[-1].establish()


contexts = []
full, opened = os.pipe()
child = os.fork()
if child == 0:
    until_refused(another_context, LIMIT // 2)
    os.write(opened, b'x')
    time.sleep(600)
os.read(full, 1)
count, code = until_refused(another_context, LIMIT)
names = {tell('context %d' % (LIMIT // 2 + count + 1), code)}
for _ in range(20):
    names.add(tell('once more', Program().establish()))
os.kill(child, 9)
for program in contexts:
    program.release()

program = Program()
wait_until(lambda: program.establish() == 0)
connections, code = until_refused(program.connect, LIMIT + 1)
other_name = tell('connection %d' % (connections + 1), code)
if (LIMIT // 2 + count != LIMIT or connections != LIMIT
        or not names <= MISLEADING
        or other_name != 'SCARD_F_INTERNAL_ERROR'):
    sys.exit('changed')
END
