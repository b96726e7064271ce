#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A child's card has no signing certificate, and logs in as an adult's does."""

from place import run


def child(place):
    browser = place.start_browser()
    browser.visit(place.servers.url("both"), "1234").expect(["auth"], ["1234=9000"], commands={"firefox": 14, "chromium": 34}).expect_page()


run(child, ["child-6a82"])
