#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""With one try left no browser asks for the PIN, and the try stays."""

from place import Failure, run


def last_try(place):
    browser = place.start_browser()
    browser.visit(place.servers.url("both"), "9999").expect(signatures=0).expect_refused()
    if place.card.tries("auth") != 1:
        raise Failure("the last try was used")


run(last_try, ["last-try"])
