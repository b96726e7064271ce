#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A wrong PIN costs one try, one of the wrong form none; then the right one gives the page."""

from place import Failure, run


def wrong_then_right(place):
    browser = place.start_browser()
    visit = browser.visit(place.servers.url("both"), "9999", "12345", "1234")
    visit.expect(["auth", "auth", "auth"], ["9999=63C2", "1234=9000"],
                 commands={"firefox": 20, "chromium": 41}).expect_page()
    if place.card.tries("auth") != 3 or place.card.tries("sign") != 5:
        raise Failure("a try was lost")


run(wrong_then_right)
