#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The card is pulled while it signs, before or after that is done: the module answers at once and sends no PIN again."""

import datetime
import re
import sys
import threading

from card import Ledger
from desktop import Answer
from place import Failure, run, wait_for

# The card is slow, so that the order reaches it during a command: it obeys after that.
COMMAND_MS = 1000
SIGNING_MS = 3000
ANSWER = re.compile("C_Sign(?:Final)? = (.*)")


def pins(ledger):
    """Where in the ledger each VERIFY with a PIN is."""
    return [number for number, line in enumerate(ledger.lines()) if line[2] == "20" and line[5] == "4"]


def remove_when(place, condition):
    """In a thread: the visit goes on."""
    def remove():
        wait_for(condition, "the signature", 120)
        place.card.order("remove")

    threading.Thread(target=remove, daemon=True).start()


def signature(place):
    """What the module answered last, and how many seconds after the card."""
    for line in place.logged("debug: "):
        now = datetime.datetime.fromisoformat(line.split()[0].rstrip("Z"))
        if line.endswith(" gave 9000"):
            card = now
        elif ANSWER.search(line):
            answer = ANSWER.search(line).group(1), (now - card).total_seconds()
    return answer


def before(place, browser, url):
    """While the PIN of the first signature is on its way."""
    ledger = Ledger(place.work + "/ledger")

    def asks_counter():
        sent = pins(ledger)
        return sent and any(line[2] == "20" and line[5] == "0" for line in ledger.lines()[sent[0]:])

    def slow_down():
        place.card.order("link %d 0 0" % (COMMAND_MS * 1000))
        remove_when(place, asks_counter)

    visit = browser.visit(url, Answer("1234", slow_down), name="pulled", seconds=100)
    visit.expect(["auth"], ["1234=9000", "1234=9000"], signatures=0,
                 commands={"firefox": 12, "chromium": 33}).expect_refused()
    return visit, len(pins(ledger)), 2, "CKR_DEVICE_REMOVED"


def after(place, browser, url):
    """While a later signature is made: it is good, and handed out."""
    browser.visit(url, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    ledger = Ledger(place.work + "/ledger")
    place.card.order("signing %d" % SIGNING_MS)
    remove_when(place, lambda: pins(ledger))
    visit = browser.visit(url, name="pulled", seconds=100)
    # The log-out reaches the card or not; at Firefox's third signature four more ask for short ids.
    visit.expect(signatures=1, commands={"firefox": (5, 10), "chromium": (5, 6)})
    if place.browser_name == "chromium":
        visit.expect_page()
    else:
        # It neither goes on nor ends the connection, until the server does.
        visit.expect_refused()
    return visit, len(pins(ledger)), 1, "CKR_OK"


def pulled(place):
    browser = place.start_browser()
    when = {"before": before, "after": after}[sys.argv[2]]
    visit, sent, wanted, wanted_answer = when(place, browser, place.servers.url("full1.3"))
    answer, seconds = signature(place)
    print("%d PINs, %s after %.1f s" % (sent, answer, seconds), flush=True)
    if sent != wanted or answer != wanted_answer or seconds > 2:
        raise Failure("%d PINs, %s after %.1f s (%s)" % (sent, answer, seconds, visit))
    if place.card.tries("auth") != 3:
        raise Failure("a try was lost")
    place.card.order("link 0 0 0")
    place.card.insert()
    visit = browser.visit(place.servers.url("full1.3", host="other.test"), "1234", name="in")
    visit.expect(["auth"], ["1234=9000"], commands=35).expect_page()


run(pulled)
