# SPDX-License-Identifier: Apache-2.0
"""Firefox and Chromium with the extension, without a screen: open a page, leave it, end."""

import json
import os
import subprocess
import sys
import time

from host import HERE, wait_until

sys.path.insert(0, os.path.join(HERE, "../browser"))
from firefox import PREFERENCES, Marionette, reaches  # noqa: E402 pylint: disable=wrong-import-position

EXTENSION = os.path.realpath(os.path.join(HERE, "../../tool/bridge/extension"))
FIREFOX_ID = "bridge@jpki-pkcs11"
FIREFOX_UUID = "6a9b21f0-53c2-4b06-9d3c-0f9f7c1d2e11"
FIREFOX_PORT = 2929
CHROMIUM_ID = "fbgefdcnibholnhlglicmhfggndjgkeo"
HOSTS = ("myna.go.jp", "other.example")


def trust(database, authority):
    """Once for each: certutil would ask for the password of one that is there."""
    if os.path.exists(database):
        return
    os.makedirs(database)
    for options in (["-N", "--empty-password"], ["-A", "-n", "site", "-t", "C,,", "-i", authority]):
        subprocess.run(["certutil", "-d", "sql:" + database, *options], check=True, stdin=subprocess.DEVNULL,
                       timeout=60)


class Firefox:
    """With the extension as a temporary add-on, by Marionette."""

    programs = ("firefox-esr", "certutil", "nginx")

    def __init__(self, home, authority, environment):
        self.profile = home + "/profile"
        trust(self.profile, authority)
        preferences = {
            **PREFERENCES,
            "marionette.port": FIREFOX_PORT,
            "network.dns.localDomains": ",".join(HOSTS),
            "network.proxy.type": 0,
            "extensions.webextensions.uuids": json.dumps({FIREFOX_ID: FIREFOX_UUID}),
        }
        with open(self.profile + "/user.js", "w", encoding="utf-8") as file:
            for key, value in preferences.items():
                file.write("user_pref(%s, %s);\n" % (json.dumps(key), json.dumps(value)))
        with open(home + "/browser.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["firefox-esr", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
                 "--profile", self.profile],
                stdout=log, stderr=log, env=environment)
        wait_until(lambda: reaches(FIREFOX_PORT), 120, "Firefox")
        self.marionette = Marionette(FIREFOX_PORT)
        self.marionette.command("WebDriver:NewSession", pageLoadStrategy="none")
        self.marionette.command("Addon:Install", path=EXTENSION, temporary=True)
        self.first = self.marionette.command("WebDriver:GetWindowHandles")[0]

    def open(self, url):
        """In a new tab, which is then the one that is shown."""
        if url.startswith("moz-extension:"):
            return self._open_own(url)
        tab = self.marionette.command("WebDriver:NewWindow", type="tab")["handle"]
        self.marionette.command("WebDriver:SwitchToWindow", handle=tab)
        self.marionette.command("WebDriver:Navigate", url=url)
        return tab

    def _run_in_window(self, script, *arguments):
        """As the browser's own code."""
        self.marionette.command("Marionette:SetContext", value="chrome")
        self.marionette.command("WebDriver:ExecuteScript", sandbox="system", args=arguments, script=script)
        self.marionette.command("Marionette:SetContext", value="content")

    def end_background(self):
        """As after half a minute without work."""
        self._run_in_window("WebExtensionPolicy.getByID(arguments[0]).extension.terminateBackground();", FIREFOX_ID)

    def _open_own(self, url):
        """A page of the extension's, which Marionette goes to by the browser's window only."""
        before = self.marionette.command("WebDriver:GetWindowHandles")
        self._run_in_window("""
            const {gBrowser} = Services.wm.getMostRecentWindow("navigator:browser");
            gBrowser.selectedTab = gBrowser.addTab(arguments[0], {
              triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal()});""", url)
        after = self.marionette.command("WebDriver:GetWindowHandles")
        tab = [handle for handle in after if handle not in before][0]
        self.marionette.command("WebDriver:SwitchToWindow", handle=tab)
        return tab

    def show(self, tab):
        self.marionette.command("WebDriver:SwitchToWindow", handle=tab)

    def leave(self, tab, url="about:blank"):
        self.show(tab)
        self.marionette.command("WebDriver:Navigate", url=url)

    def close(self, tab):
        self.marionette.command("WebDriver:SwitchToWindow", handle=tab)
        self.marionette.command("WebDriver:CloseWindow")
        self.marionette.command("WebDriver:SwitchToWindow", handle=self.first)

    def evaluate(self, _tab, script):
        """In the tab that is shown."""
        return self.marionette.command("WebDriver:ExecuteScript", script="return " + script, args=[])["value"]

    @staticmethod
    def extension_page(name):
        return "moz-extension://%s/%s" % (FIREFOX_UUID, name)

    def picture(self, path):
        data = self.marionette.command("WebDriver:TakeScreenshot", full=False)["value"]
        subprocess.run(["base64", "-d"], input=data.encode(), stdout=open(path, "wb"), check=True)

    def quit(self):
        if self.process.poll() is None:
            try:
                self.marionette.command("Marionette:Quit", flags=["eForceQuit"])
            except (ConnectionError, OSError, RuntimeError):
                self.process.terminate()
        self.process.wait(30)


class Chromium:
    """With the extension's folder, by the DevTools protocol on pipes."""

    programs = ("chromium", "certutil", "nginx")

    def __init__(self, home, authority, environment):
        trust(home + "/.pki/nssdb", authority)
        to_browser, from_browser = os.pipe(), os.pipe()
        command = [
            "chromium", "--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu",
            "--disable-dev-shm-usage", "--password-store=basic", "--user-data-dir=" + home + "/.config/chromium",
            "--host-resolver-rules=" + ",".join("MAP %s 127.0.0.1" % host for host in HOSTS),
            "--disable-features=DisableLoadExtensionCommandLineSwitch", "--load-extension=" + EXTENSION,
            "--remote-debugging-pipe", "about:blank"]
        script = 'exec "$@" 3<&%d 4>&%d' % (to_browser[0], from_browser[1])
        with open(home + "/browser.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", script, "sh", *command], stdout=log, stderr=log, env=environment,
                pass_fds=(to_browser[0], from_browser[1]))
        os.close(to_browser[0])
        os.close(from_browser[1])
        self.to, self.stream = to_browser[1], os.fdopen(from_browser[0], "rb")
        self.count = 0
        self.sessions = {}
        self.first = self.command("Target.getTargets")["targetInfos"][0]["targetId"]

    def _receive(self):
        data = bytearray()
        while True:
            byte = self.stream.read(1)
            if not byte:
                raise ConnectionError("Chromium has ended")
            if byte == b"\0":
                return json.loads(data)
            data += byte

    def command(self, method, session=None, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
                return answer["result"]

    def open(self, url):
        """In a new tab, to which nothing is attached yet: that would keep it from prerendering."""
        return self.command("Target.createTarget", url=url)["targetId"]

    def _session(self, tab):
        if tab not in self.sessions:
            attached = self.command("Target.attachToTarget", targetId=tab, flatten=True)
            self.sessions[tab] = attached["sessionId"]
        return self.sessions[tab]

    def leave(self, tab, url="about:blank"):
        self.command("Page.navigate", self._session(tab), url=url)

    def show(self, tab):
        self.command("Target.activateTarget", targetId=tab)

    def close(self, tab):
        self.command("Target.closeTarget", targetId=tab)

    def evaluate(self, tab, script):
        result = self.command("Runtime.evaluate", self._session(tab), expression=script, returnByValue=True)
        return result["result"].get("value")

    @staticmethod
    def extension_page(name):
        return "chrome-extension://%s/%s" % (CHROMIUM_ID, name)

    def quit(self):
        try:
            self.command("Browser.close")
        except (ConnectionError, OSError):
            pass
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        time.sleep(0.2)
        os.close(self.to)
        self.stream.close()


BROWSERS = {"firefox": Firefox, "chromium": Chromium}
