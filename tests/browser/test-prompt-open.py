#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The card is out and in while the prompt is open: the right PIN gives the page all the same."""

from desktop import Answer
from place import run


def prompt_open(place):
    def out_and_in():
        place.card.remove()
        place.card.insert()

    browser = place.start_browser()
    url = place.servers.url("full1.3")
    visit = browser.visit(url, Answer("1234", out_and_in), name="first")
    visit.expect(["auth"], ["1234=9000"], commands={"firefox": 35, "chromium": 56}).expect_page()
    browser.visit(url, name="again").expect(commands=(6, 10)).expect_page()


run(prompt_open)
