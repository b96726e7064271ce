#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cancel sends nothing to the card; a private window then asks again, and shows the page."""

from place import run


def cancel_then_private(place):
    browser = place.start_browser()
    url = place.servers.url("both")
    cancelled = browser.visit(url, None, name="cancelled")
    # Firefox asks for each of its connections, of which there are one or two.
    asked = 2 if place.browser_name == "firefox" and len(cancelled.prompts) == 2 else 1
    cancelled.expect(["auth"] * asked, signatures=0, commands={"firefox": 0, "chromium": 21}).expect_refused()
    browser.private_window()
    browser.visit(url, "1234", name="private").expect(["auth"], ["1234=9000"], commands=14).expect_page()


run(cancel_then_private)
