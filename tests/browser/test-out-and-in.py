#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The card is out between two visits of a site: one prompt, and the page, not "400" for good."""

from place import run


def out_and_in(place):
    browser = place.start_browser()
    url = place.servers.url("full1.3")
    browser.visit(url, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    for round in ("second", "third"):
        place.card.remove()
        place.card.insert()
        visit = browser.visit(url, "1234", name=round)
        visit.expect(["auth"], ["1234=9000"], commands={"firefox": 35, "chromium": 31}).expect_page()
    browser.visit(url, name="again").expect(commands=(6, 10)).expect_page()


run(out_and_in)
