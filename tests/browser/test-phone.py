#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""JPKI on a phone: one prompt, and the page."""

from place import run


def phone(place):
    browser = place.start_browser()
    browser.visit(place.servers.url("both"), "1234").expect(["auth"], ["1234=9000"], commands={"firefox": 21, "chromium": 33}).expect_page()


run(phone, ["phone"])
