#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A new user's first page, set up as the README says: one prompt; one log-in."""

from place import run


def first_visit(place):
    browser = place.start_browser()
    visit = browser.visit(place.servers.url("both"), "1234", name="first")
    visit.expect(prompts=["auth"], logins=["1234=9000"], pickers=1, commands={"firefox": 14, "chromium": 35})
    visit.expect_page("TLSv1.3")


run(first_visit)
