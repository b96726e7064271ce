#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A locked PIN is not asked for: the server says that there was no certificate, the module's log why."""

from place import Failure, run


def locked(place):
    browser = place.start_browser()
    for name, commands in (("first", {"firefox": 0, "chromium": 21}), ("second", 0)):
        visit = browser.visit(place.servers.url("full1.3"), name=name)
        visit.expect(signatures=0, commands=commands).expect_refused()
    place.expect_warnings("the auth PIN is locked: the municipal office resets it")
    if place.card.tries("auth") != 0:
        raise Failure("the card was not locked")


run(locked, ["locked-auth"])
