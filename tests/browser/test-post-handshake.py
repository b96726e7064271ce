#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Apache wants a certificate in one folder only: 403 without a prompt; the page with Firefox's preference."""

from place import Failure, run


def post_handshake(place):
    url = place.servers.url("folder", "apache")
    refused = place.start_browser().visit(url, name="refused")
    refused.expect(commands=0, signatures=0)
    if "Cannot perform Post-Handshake Authentication" not in refused.text:
        raise Failure("another answer: %s" % refused)
    browser = place.start_browser(preferences={"security.tls.enable_post_handshake_auth": True})
    visit = browser.visit(url, "1234", name="page")
    visit.expect(["auth"], ["1234=9000"], commands=14).expect_page("TLSv1.3")


run(post_handshake)
