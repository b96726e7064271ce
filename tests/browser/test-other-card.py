#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Another card comes while the prompt is open: it is not sent the PIN of the first."""

from desktop import Answer
from place import Failure, copy_persona, run


def other_card(place):
    other = copy_persona("adult2", place.work + "/other")

    def exchange():
        place.card.remove()
        place.card.insert(other)

    browser = place.start_browser()
    visit = browser.visit(place.servers.url("full1.3"), Answer("1234", exchange), None, name="first", seconds=100)
    # NSS repeats the log-in by itself, with the PIN that was typed for the first card.
    visit.expect(["auth", "auth"], signatures=0, commands={"firefox": 21, "chromium": 42}).expect_refused()
    if place.card.tries("auth", other) != 3:
        raise Failure("the other card has lost a try")
    # It works once the browser has seen the reader empty.
    place.card.remove()
    browser.visit(place.servers.url("full1.3", host="other.test"), name="empty").expect(commands=0).expect_refused()
    place.card.insert(other)
    own = browser.visit(place.servers.url("full1.3", host="third.test"), "4321", name="own-pin")
    own.expect(["auth"], ["4321=9000"], commands=35).expect_page()


run(other_card)
