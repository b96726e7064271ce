#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pcscd and its readers come after the browser: the next page asks for the PIN."""

from place import run


def reader_late(place):
    place.stop_pcscd()
    browser = place.start_browser()
    browser.visit(place.servers.url("full1.3"), "1234", name="no-reader").expect(commands=0).expect_refused()
    place.start_pcscd()
    visit = browser.visit(place.servers.url("full1.3", host="other.test"), "1234", name="reader")
    visit.expect(["auth"], ["1234=9000"], commands=35).expect_page()


run(reader_late)
