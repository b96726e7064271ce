#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The card is pulled before its signature, after the PIN, or right after it: the module answers at once and sends no PIN again."""

import datetime
import re
import sys

from desktop import Answer
from place import Failure, run

ANSWER = re.compile("C_Sign(?:Final)? = (.*)")


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
    """After the PIN of the first signature, the second of the visit."""
    pull = Answer("1234", lambda: place.card.order("remove after 20 2"))
    visit = browser.visit(url, pull, name="pulled", seconds=100)
    visit.expect(["auth"], ["1234=9000", "1234=9000"], signatures=0,
                 commands={"firefox": 12, "chromium": 33}).expect_refused()
    return "CKR_DEVICE_REMOVED"


def after(place, browser, url):
    """After a later signature: it is good, and handed out."""
    browser.visit(url, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    place.card.order("remove after 2A 1")
    visit = browser.visit(url, name="pulled", seconds=100)
    # At the third signature, which Firefox may come to, four more ask for short ids.
    visit.expect(signatures=1, commands={"firefox": (5, 9), "chromium": 5})
    if place.browser_name == "firefox" and "SUCCESS" not in visit.text:
        # Where it sees the removal before it sends the signature it neither goes on
        # nor ends the connection, until the server does.
        visit.expect_refused()
    else:
        visit.expect_page()
    return "CKR_OK"


def pulled(place):
    browser = place.start_browser()
    when = {"before": before, "after": after}[sys.argv[2]]
    wanted = when(place, browser, place.servers.url("full1.3"))
    answer, seconds = signature(place)
    print("%s after %.1f s" % (answer, seconds), flush=True)
    if answer != wanted or seconds > 2:
        raise Failure("%s after %.1f s, not %s" % (answer, seconds, wanted))
    if place.card.tries("auth") != 3:
        raise Failure("a try was lost")
    place.card.insert()
    visit = browser.visit(place.servers.url("full1.3", host="other.test"), "1234", name="in")
    visit.expect(["auth"], ["1234=9000"], commands=35).expect_page()


run(pulled)
