# SPDX-License-Identifier: Apache-2.0
"""vpn.py SOCKET PIN: OpenVPN's front end, with a person who types PIN whenever it asks.

Prints what it was asked and told. 0 when the tunnel is up, 1 when OpenVPN tries
again, gives up or wants another card; it is told to end in any case.
"""

import re
import socket
import sys
import time


def connect(path):
    front = socket.socket(socket.AF_UNIX)
    for _ in range(100):
        try:
            front.connect(path)
            return front
        except OSError:
            time.sleep(0.1)
    sys.exit("no OpenVPN at " + path)


def main(path, pin):
    front = connect(path)
    front.settimeout(60)
    lines = front.makefile(encoding="utf-8")
    result = 1
    for line in lines:
        print(line.rstrip())
        asked = re.match(r">PASSWORD:Need '(.*)' password", line)
        if asked:
            front.sendall(("password '%s' %s\n" % (asked.group(1), pin)).encode())
        elif line.startswith(">NEED-OK:"):
            front.sendall(b"needok 'token-insertion-request' cancel\n")
            break
        elif line.startswith(">HOLD:"):
            front.sendall(b"state on\nhold release\n")
        elif ",CONNECTED,SUCCESS," in line:
            result = 0
            break
        elif re.match(r">STATE:[0-9]*,(RECONNECTING|EXITING),|>FATAL:", line):
            break
    # It heeds this while somebody listens.
    front.sendall(b"signal SIGTERM\n")
    lines.read()
    return result


sys.exit(main(*sys.argv[1:]))
