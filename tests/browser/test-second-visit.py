#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Once logged in, nothing asks for a PIN: only full handshakes need a signature."""

from place import run


def second_visit(place):
    browser = place.start_browser()
    full, other = place.servers.url("full1.3"), place.servers.url("both", host="other.test")
    browser.visit(full, "1234", name="first").expect(["auth"], ["1234=9000"]).expect_page()
    # The list of certificates is remembered for the host.
    again = browser.visit(full, name="again")
    again.expect(pickers=0, commands=(6, 10)).expect_page()
    # Another host asks which certificate, and for no PIN.
    browser.visit(other, name="other-host").expect(pickers=1, commands=(6, 10)).expect_page()
    browser.visit(other, name="resumed").expect(signatures=0, pickers=0, commands=0).expect_page()


run(second_visit)
