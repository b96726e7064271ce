# SPDX-License-Identifier: Apache-2.0
"""The virtual card in a reader: what it is told, and what it was sent."""

import os
import re


class Card:
    """The reader with this number; its card lies in folder."""

    def __init__(self, place, number):
        self.place = place
        self.number = number
        self.pipe = os.environ["JPKI_VCARD_CTL%d" % number]
        self.folder = "%s/card%d" % (place.work, number)

    def order(self, line):
        with open(self.pipe, "w", encoding="ascii") as pipe:
            pipe.write(line + "\n")

    def remove(self):
        """Takes the card out; returns when pcscd has noticed and NSS asks anew."""
        self.order("remove")
        self.place.wait_for_card(self.number, False)

    def insert(self, folder=""):
        """Puts a card in, by default the one that was there; returns when pcscd has noticed and NSS asks anew."""
        self.order(("insert " + folder).strip())
        self.place.wait_for_card(self.number, True)

    def tries(self, role, folder=None):
        """The retry counter of auth or sign, from the card's own files."""
        folder = folder or self.folder
        state = folder + "/state"
        with open(state if os.path.exists(state) else folder + "/card.conf", encoding="utf-8") as file:
            return int(re.search(r"\[%s\][^[]*?left = (\d+)" % role, file.read()).group(1))


def is_signature(line):
    """Whether this is a signing command, and none of the module's probes of 1 or 255 bytes."""
    return line[2] == "2A" and line[5] not in ("1", "255")


class Ledger:
    """What all cards were sent since a moment."""

    def __init__(self, path):
        self.path = path
        self.start = os.path.getsize(path) if os.path.exists(path) else 0

    def lines(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path, encoding="ascii") as file:
            file.seek(self.start)
            commands = [line.split() for line in file]
        return [line for line in commands if not re.match("power|warm", line[2])]

    def logins(self):
        """Each PIN that was sent for a log-in, and the status word: "1234=9000"."""
        sent = []
        for line in self.lines():
            if line[2] == "20" and line[5] not in ("-", "0"):
                sent.append("%s=%s" % (bytes.fromhex(line[10]).decode(), line[8]))
            elif is_signature(line) and sent:
                sent.pop()  # the PIN that this signature needed
        return sent

    def signatures(self):
        return sum(map(is_signature, self.lines()))
