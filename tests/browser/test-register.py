#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A new user: the browser was started once, jpki register, one prompt, the page; jpki unregister leaves nothing."""

import glob
import os
import subprocess
import tempfile

from place import Failure, run, wait_for


def jpki(home, *arguments):
    """As often as it says that the browser is running: its last processes end after it."""
    def try_once():
        ran = subprocess.run([os.environ["JPKI_COMMAND"], *arguments], env={**os.environ, "HOME": home},
                             capture_output=True, text=True, check=False)
        return None if "is running" in ran.stdout else ran

    ran = wait_for(try_once, "the end of the browser's processes")
    print(ran.stdout, ran.stderr, flush=True)
    if ran.returncode != 0:
        raise Failure("jpki %s ended with %d" % (arguments, ran.returncode))


def lists(home):
    """What each list of modules at home says."""
    found = {}
    for path in glob.glob(home + "/**/pkcs11.txt", recursive=True, include_hidden=True):
        with open(path, encoding="utf-8") as file:
            found[path] = file.read()
    return found


def register(place):
    home = tempfile.mkdtemp(prefix="home", dir=place.work)
    place.start_browser(home=home).quit()
    before = lists(home)
    jpki(home, "register", place.browser_name)
    for path in lists(home):
        subprocess.run(["certutil", "-d", "sql:" + os.path.dirname(path), "-A", "-n", "sites", "-t", "C,,",
                        "-i", place.servers.ca], check=True, stdin=subprocess.DEVNULL)
    browser = place.start_browser(home=home)
    visit = browser.visit(place.servers.url("both"), "1234", name="first")
    visit.expect(prompts=["auth"], logins=["1234=9000"], pickers=1, commands={"firefox": 14, "chromium": 35}).expect_page()
    browser.quit()
    jpki(home, "unregister")
    after = lists(home)
    if any("name=jpki-pkcs11" in text for text in after.values()):
        raise Failure("still registered: %s" % after)
    if {path: after.get(path) for path in before} != before:
        raise Failure("changed: %s, before %s" % (after, before))


run(register)
