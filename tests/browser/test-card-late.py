#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The card comes after the browser, into a reader that is there: the next page asks for the PIN."""

from place import run


def card_late(place):
    place.card.remove()
    browser = place.start_browser()
    browser.visit(place.servers.url("full1.3"), "1234", name="no-card").expect(commands=0).expect_refused()
    place.card.insert()
    visit = browser.visit(place.servers.url("full1.3", host="other.test"), "1234", name="card")
    visit.expect(["auth"], ["1234=9000"], commands=35).expect_page()


run(card_late)
