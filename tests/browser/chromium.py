# SPDX-License-Identifier: Apache-2.0
"""Chromium, whose list of tabs tells what it shows and opens pages.

chromedriver would wait, without an answer, as long as a dialog is open.
"""

import json
import os
import subprocess
import tempfile
import urllib.parse
import urllib.request

from browser import Browser
from desktop import xdotool
from place import Failure, wait_for

PORT = 9333


class Chromium(Browser):
    """With the module added as the README says, and a home that trusts the sites."""

    private_keys = "ctrl+shift+n"

    def __init__(self, place, home=None, arguments=()):
        super().__init__(place)
        self.private = False
        self.home = home or self._new_home()
        self._start(arguments)

    def _new_home(self):
        home = tempfile.mkdtemp(prefix="home", dir=self.place.work)
        subprocess.run([os.environ["JPKI_COMMAND"], "register", "chromium"], check=True, capture_output=True,
                       env={**os.environ, "HOME": home})
        subprocess.run(["certutil", "-d", "sql:" + home + "/.pki/nssdb", "-A", "-n", "sites", "-t", "C,,",
                        "-i", self.place.servers.ca], check=True)
        return home

    def _start(self, arguments):
        command = ["chromium", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
                   "--password-store=basic",
                   "--window-size=1100,800", "--window-position=90,40", "--user-data-dir=" + self.home + "/data",
                   "--remote-debugging-port=%d" % PORT, *arguments, "about:blank"]
        with open(self.place.artefacts + "/chromium.log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": self.home})
        wait_for(self.windows, "Chromium", 60)
        wait_for(lambda: xdotool("search", "--onlyvisible", "--class", "chromium"), "Chromium's window")

    def _list(self, path="", method="GET"):
        request = urllib.request.Request("http://127.0.0.1:%d/json/%s" % (PORT, path), method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    def _tabs(self):
        try:
            return [tab for tab in json.loads(self._list("list")) if tab["type"] == "page"]
        except OSError:
            return []

    def navigate(self, url):
        """In a new tab, in place of those that are there; in a private window, by typing."""
        if self.private:
            xdotool("key", "ctrl+l")
            xdotool("type", "--delay", 10, "--", url)
            xdotool("key", "Return")
            return
        before = self.windows()
        self._list("new?" + url, "PUT")
        for tab in before:
            self._list("close/" + tab)

    def page(self, url):
        """The page's title once it is there; "" until then. Its own error page has the host's name."""
        for tab in self._tabs():
            if tab["url"] != url:
                continue
            if tab["title"] == urllib.parse.urlsplit(url).hostname:
                return "error page: " + tab["title"]
            if tab["title"].startswith(("site", "400", "403")):
                return tab["title"]
        return ""

    def windows(self):
        return [tab["id"] for tab in self._tabs()]

    def switch_to(self, window):
        self.private = True  # the newest window has the keys

    def quit(self):
        self.place.browser = None
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired as too_long:
            self.process.kill()
            raise Failure("Chromium does not quit") from too_long
