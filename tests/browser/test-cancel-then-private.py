#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cancel sends nothing to the card; a private window then asks again, and shows the page."""

from place import run


def cancel_then_private(place):
    browser = place.start_browser()
    url = place.servers.url("both")
    cancelled = browser.visit(url, None, name="cancelled")
    # Firefox may ask for each of two connections.
    cancelled.expect(["auth"] * (len(cancelled.prompts) or 1), signatures=0).expect_refused()
    browser.private_window()
    browser.visit(url, "1234", name="private").expect(["auth"], ["1234=9000"]).expect_page()


run(cancel_then_private)
