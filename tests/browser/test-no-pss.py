#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A card without RSA-PSS: no page by TLS 1.3, though the PIN is right; the page with what the README says."""

from place import run

TLS_1_2 = {
    "chromium": {"arguments": ["--ssl-version-max=tls1.2"]},
    "firefox": {"preferences": {"security.tls.version.max": 3}},
}


def no_pss(place):
    url = place.servers.url("both")
    refused = place.start_browser().visit(url, "1234", name="tls-1.3")
    refused.expect(["auth"], ["1234=9000"], signatures=0, commands={"firefox": 8, "chromium": 28}).expect_refused()
    browser = place.start_browser(**TLS_1_2[place.browser_name])
    visit = browser.visit(url, "1234", name="tls-1.2")
    visit.expect(["auth"], ["1234=9000"], commands={"firefox": 14, "chromium": 34}).expect_page("TLSv1.2")


run(no_pss, ["quirk-no-pss"])
