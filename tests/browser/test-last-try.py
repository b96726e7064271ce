#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""With one try left no browser asks for the PIN, the try stays, and the module's log says so."""

from place import Failure, run


def last_try(place):
    browser = place.start_browser()
    visit = browser.visit(place.servers.url("both"), "9999")
    visit.expect(signatures=0, commands={"firefox": 0, "chromium": 21}).expect_refused()
    place.expect_warnings("the auth PIN is not sent: one try is left", "the sign PIN is not sent: one try is left")
    if place.card.tries("auth") != 1:
        raise Failure("the last try was used")


run(last_try, ["last-try"])
