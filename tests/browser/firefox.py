# SPDX-License-Identifier: Apache-2.0
"""Firefox, driven by Marionette: packets of LENGTH:JSON on a socket."""

import glob
import json
import os
import select
import socket
import subprocess
import tempfile
import time
import urllib.parse

from browser import Browser
from place import Failure, wait_for

PORT = 2828
PAGE = "return [document.readyState, document.URL, document.body ? document.body.innerText : '']"
# No pages of its own on top of ours.
PREFERENCES = {
    "marionette.port": PORT,
    "browser.aboutwelcome.enabled": False,
    "browser.preonboarding.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "termsofuse.acceptedVersion": 999,
    "toolkit.telemetry.enabled": False,
}


class Marionette:
    """Its commands and their answers."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(180)
        self.stream = self.socket.makefile("rb")
        self.count = 0
        self.unanswered = None
        self.sent = 0
        self._receive()

    def _receive(self):
        length = b""
        while not length.endswith(b":"):
            byte = self.stream.read(1)
            if not byte:
                raise ConnectionError("Firefox has ended")
            length += byte
        return json.loads(self.stream.read(int(length[:-1])))

    def send(self, name, **parameters):
        """Does not wait for the answer: its number."""
        self.count += 1
        packet = json.dumps([0, self.count, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(packet), packet))
        return self.count

    def command(self, name, **parameters):
        self.unanswered = None
        number = self.send(name, **parameters)
        while True:
            answer = self._receive()
            if answer[:2] == [1, number]:
                break
        if answer[2]:
            raise RuntimeError("%s: %s" % (name, answer[2]["error"]))
        return answer[3]

    def poll(self, name, **parameters):
        """The same, but None as long as there is no answer.

        Some wait for a dialog's end, and that to a page that goes is never answered.
        """
        if not self.unanswered:
            self._ask(name, parameters)
        while select.select([self.socket], [], [], 0.2)[0]:
            answer = self._receive()
            if answer[:2] == [1, self.unanswered]:
                self.unanswered = None
                return None if answer[2] else answer[3]
        # Not before what came was read: who is slow to poll would never see an answer.
        if time.monotonic() > self.sent + 3:
            self._ask(name, parameters)
        return None

    def _ask(self, name, parameters):
        self.unanswered = self.send(name, **parameters)
        self.sent = time.monotonic()


def reaches(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


class Firefox(Browser):
    """With the policy of the README, and a new profile that trusts the sites."""

    private_keys = "ctrl+shift+p"

    def __init__(self, place, profile=None, preferences=(), policies=True, home=None):
        """In a home of its own it makes and finds its profile itself, and is told of no policy."""
        super().__init__(place)
        self.home = home
        self.profile = self._find_profile() if home else profile or self._new_profile()
        if policies and not home:
            self._install_policies()
        if self.profile:
            with open(self.profile + "/user.js", "w", encoding="utf-8") as file:
                for key, value in {**PREFERENCES, **dict(preferences)}.items():
                    file.write("user_pref(%s, %s);\n" % (json.dumps(key), json.dumps(value)))
        self._start()

    def _find_profile(self):
        """None before it was started for the first time."""
        lists = glob.glob(self.home + "/**/pkcs11.txt", recursive=True, include_hidden=True)
        return os.path.dirname(lists[0]) if lists else None

    def _new_profile(self):
        profile = tempfile.mkdtemp(prefix="profile", dir=self.place.work)
        database = "sql:" + profile
        for options in (["-N", "--empty-password"], ["-A", "-n", "sites", "-t", "C,,", "-i", self.place.servers.ca]):
            subprocess.run(["certutil", "-d", database, *options], check=True)
        return profile

    @staticmethod
    def _install_policies():
        subprocess.run([os.environ["JPKI_COMMAND"], "register", "--system", "firefox"], check=True, capture_output=True)

    def _start(self):
        command = ["firefox-esr", "--no-remote", "--marionette", "--remote-allow-system-access",
                   "--width", "1100", "--height", "800", *([] if self.home else ["--profile", self.profile])]
        with open(self.place.artefacts + "/firefox.log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "HOME": self.home or self.profile})
        wait_for(lambda: reaches(PORT), "Firefox", 90)
        self.marionette = Marionette(PORT)
        self.marionette.command("WebDriver:NewSession", unhandledPromptBehavior="ignore", pageLoadStrategy="none")

    def navigate(self, url):
        self.marionette.send("WebDriver:Navigate", url=url)

    def chrome(self, script, *arguments):
        """What the script returns that is run in the browser's own window."""
        self.marionette.command("Marionette:SetContext", value="chrome")
        try:
            return self.marionette.command(
                "WebDriver:ExecuteScript", script=script, args=list(arguments), newSandbox=False,
                sandbox="system")["value"]
        finally:
            self.marionette.command("Marionette:SetContext", value="content")

    def page(self, url):
        """The page's text once it is there; "" until then, also while a dialog is open."""
        answer = self.marionette.poll("WebDriver:ExecuteScript", script=PAGE, args=[])
        if not answer or not answer["value"]:
            return ""
        state, where, text = answer["value"]
        # Some of these never come to rest.
        if where.startswith(("about:neterror", "about:certerror")):
            return "error page: " + (text or where) if url in urllib.parse.unquote(where) else ""
        return text if state == "complete" and where == url else ""

    def windows(self):
        return self.marionette.command("WebDriver:GetWindowHandles")

    def switch_to(self, window):
        self.marionette.command("WebDriver:SwitchToWindow", handle=window)

    def quit(self):
        self.place.browser = None
        if self.process.poll() is None:
            try:
                self.marionette.command("Marionette:Quit", flags=["eForceQuit"])
            except (ConnectionError, OSError, RuntimeError):
                self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired as too_long:
            self.process.kill()
            raise Failure("Firefox does not quit") from too_long
