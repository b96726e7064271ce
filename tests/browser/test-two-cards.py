#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two cards in two readers: both are offered, and the prompt says which of them it is for."""

from desktop import Answer
from place import Failure, run


def two_cards(place):
    browser = place.start_browser()
    pins = dict(zip(place.card_digits(), ("1234", "4321")))
    first = browser.visit(place.servers.url("full1.3"), Answer(pins), name="first-row")
    second = browser.visit(place.servers.url("full1.3", host="other.test"), Answer(pins), name="second-row", row=1)
    # Chromium looks at both cards in the first visit.
    for visit, commands in ((first, {"firefox": (14, 20), "chromium": 56}), (second, {"firefox": (14, 20), "chromium": 14})):
        visit.expect(["auth"], visit.logins, pickers=1, commands=commands).expect_page()
    if sorted(first.logins + second.logins) != ["1234=9000", "4321=9000"]:
        raise Failure("log-ins: %s, %s" % (first.logins, second.logins))
    if place.card.tries("auth") != 3 or place.cards[1].tries("auth") != 3:
        raise Failure("a try was lost")


run(two_cards, ["adult", "adult2"])
