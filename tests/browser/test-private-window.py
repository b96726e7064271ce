#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A private window after the log-in: it asks which certificate, and for no PIN."""

from place import run


def private_window(place):
    browser = place.start_browser()
    url = place.servers.url("full1.3")
    browser.visit(url, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    browser.private_window()
    browser.visit(url, name="private").expect(pickers=1, commands={"firefox": (6, 13), "chromium": (6, 10)}).expect_page()


run(private_window)
