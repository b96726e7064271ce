#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A card set up for face authentication has no PIN: nobody is asked for one."""

from place import run


def face(place):
    browser = place.start_browser()
    for name in ("first", "second"):
        browser.visit(place.servers.url("full1.3"), name=name).expect(signatures=0, commands=40).expect_refused()


run(face, ["face"])
