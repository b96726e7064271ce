#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A locked PIN is not asked for: the server says that there was no certificate."""

from place import Failure, run


def locked(place):
    browser = place.start_browser()
    for name in ("first", "second"):
        visit = browser.visit(place.servers.url("full1.3"), name=name)
        visit.expect(signatures=0, commands=40).expect_refused()
    if place.card.tries("auth") != 0:
        raise Failure("the card was not locked")


run(locked, ["locked-auth"])
