#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A certificate that has expired is not offered: no list, no prompt."""

from place import run


def expired(place):
    browser = place.start_browser()
    browser.visit(place.servers.url("both"), "1234").expect(pickers=0, signatures=0, commands={"firefox": 0, "chromium": 21}).expect_refused()


run(expired, ["expired"])
