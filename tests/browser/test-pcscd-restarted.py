#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pcscd is restarted between two pages: one prompt more, and the page."""

from place import run


def pcscd_restarted(place):
    browser = place.start_browser()
    url = place.servers.url("full1.3")
    browser.visit(url, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    place.stop_pcscd()
    place.start_pcscd()
    browser.visit(url, "1234", name="second").expect(["auth"], ["1234=9000"], commands={"firefox": 35, "chromium": 31}).expect_page()


run(pcscd_restarted)
