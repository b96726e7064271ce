#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A site with the TLS versions that the command line names, by nginx and by Apache: one prompt for both."""

import sys

from place import run

WORDS = {"1.2": "TLSv1.2 HTTP/1.1", "1.3": "TLSv1.3 HTTP/1.1", "both": "TLSv1.3 HTTP/1.1", "http2": "TLSv1.3 HTTP/2.0"}


def tls(place):
    site = sys.argv[2]
    browser = place.start_browser()
    nginx = browser.visit(place.servers.url(site), "1234", name="nginx")
    nginx.expect(["auth"], ["1234=9000"], pickers=1, commands={"firefox": 14, "chromium": 35}).expect_page(WORDS[site])
    apache = browser.visit(place.servers.url(site, "apache", "other.test"), name="apache")
    apache.expect(pickers=1, commands={"firefox": (6, 13), "chromium": (6, 10)}).expect_page(WORDS[site])


run(tls)
