#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""OpenSC's module in the same browser asks for PINs of its own; no try is lost, and without it there is one prompt."""

import glob
import json
import os
import subprocess

from place import Failure, run

POLICIES = "/etc/firefox/policies/policies.json"


def opensc_module():
    return glob.glob("/usr/lib/*/opensc-pkcs11.so")[0]


def beside_in_firefox(place):
    browser = place.start_browser()
    browser.quit()
    with open(POLICIES, encoding="utf-8") as file:
        policies = json.load(file)
    policies["policies"]["SecurityDevices"]["Add"]["OpenSC"] = opensc_module()
    with open(POLICIES, "w", encoding="utf-8") as file:
        json.dump(policies, file)
    return place.start_browser(policies=False)


def without_in_firefox(place):
    with open(POLICIES, encoding="utf-8") as file:
        policies = json.load(file)
    devices = policies["policies"]["SecurityDevices"]
    del devices["Add"]["OpenSC"]
    devices["Delete"] = ["OpenSC"]
    with open(POLICIES, "w", encoding="utf-8") as file:
        json.dump(policies, file)
    return place.start_browser(policies=False, profile=place.browser.profile)


def modutil(home, *options):
    database = "sql:" + home + "/.pki/nssdb"
    subprocess.run(["modutil", "-force", "-dbdir", database, *options], check=True, capture_output=True)


def beside_in_chromium(place):
    browser = place.start_browser()
    browser.quit()
    modutil(browser.home, "-add", "OpenSC", "-libfile", opensc_module())
    return place.start_browser(home=browser.home)


def without_in_chromium(place):
    home = place.browser.home
    place.browser.quit()
    modutil(home, "-delete", "OpenSC")
    return place.start_browser(home=home)


def opensc_beside(place):
    firefox = place.browser_name == "firefox"
    if not os.path.exists(opensc_module()):
        raise Failure("no module of OpenSC")
    browser = beside_in_firefox(place) if firefox else beside_in_chromium(place)
    beside = browser.visit(place.servers.url("both"), *["1234"] * 3, name="beside")
    # OpenSC's module refuses four digits for the signing PIN by itself. How often it looks at the card varies.
    beside.expect(["?", "?", "auth"], ["1234=9000"] * 2,
                  commands={"firefox": (20, 40), "chromium": (100, 140)}).expect_page()
    for label in ("User Authentication PIN", "Digital Signature PIN"):
        if len([prompt for prompt in beside.prompts[:2] if label in prompt.text]) != 1:
            raise Failure("not one prompt for the %s: %s" % (label, [prompt.text for prompt in beside.prompts]))
    if place.card.tries("auth") != 3 or place.card.tries("sign") != 5:
        raise Failure("a try was lost: %s" % beside)
    browser = without_in_firefox(place) if firefox else without_in_chromium(place)
    browser.visit(place.servers.url("both"), "1234", name="without").expect(["auth"], ["1234=9000"],
                  commands={"firefox": 14, "chromium": 35}).expect_page()


run(opensc_beside)
