#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A visit while the card is out is refused, and nothing is sent; with the card in again there is one prompt."""

from place import run


def out_seen(place):
    browser = place.start_browser()
    url, other = place.servers.url("full1.3"), place.servers.url("full1.3", host="other.test")
    browser.visit(url, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    place.card.remove()
    browser.visit(url, "1234", name="out").expect(signatures=0, commands=0).expect_refused()
    place.card.insert()
    browser.visit(other, "1234", name="in").expect(["auth"], ["1234=9000"], commands=35).expect_page()


run(out_seen)
