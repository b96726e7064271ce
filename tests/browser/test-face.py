#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A card set up for face authentication has no PIN: nobody is asked for one, and the module's log says why."""

from place import run


def face(place):
    browser = place.start_browser()
    for name, commands in (("first", {"firefox": 0, "chromium": 20}), ("second", 0)):
        visit = browser.visit(place.servers.url("full1.3"), name=name)
        visit.expect(signatures=0, commands=commands).expect_refused()
    place.expect_warnings("A card set up for face authentication has no PIN")


run(face, ["face"])
