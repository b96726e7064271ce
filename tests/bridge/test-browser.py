#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test-browser.py firefox|chromium: a site asks for the card, through a real browser with the
extension, jpki-bridge and a scripted pinentry."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from browsers import BROWSERS
from host import BridgeTest, digest_info, is_alive, wait_until
from pages import Site

BROWSER = BROWSERS[sys.argv.pop(1)]
PATIENCE = 30  # seconds, of content.js
NOTHING = 3  # seconds in which nothing happens


def leaving():
    """Seconds from the moment the page goes until host and dialog are gone and the card is logged out:
    two, and more only where more programs want to run than there are processors."""
    return 2 * max(1, os.getloadavg()[0] / os.cpu_count())


class InBrowser(BridgeTest):
    """One browser and one site for all of them; what the host is told changes with each test."""

    @classmethod
    def setUpClass(cls):
        for program in BROWSER.programs:
            if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
                print("skipped: no", program)
                sys.exit(77)
        cls.home = tempfile.mkdtemp(prefix="jpki-bridge-browser-")
        cls.addClassCleanup(shutil.rmtree, cls.home, True)
        cls.browser_environment = {
            **{key: value for key, value in os.environ.items() if key not in ("LD_LIBRARY_PATH", "XDG_CONFIG_HOME")},
            "HOME": cls.home}
        cls.site = Site(cls.home)
        cls.addClassCleanup(cls.site.close)
        cls.install_host()
        cls.browser = None
        cls.start_browser()
        cls.addClassCleanup(lambda: cls.browser.quit())

    @classmethod
    def start_browser(cls):
        cls.browser = BROWSER(cls.home, cls.site.ca, cls.browser_environment)

    @classmethod
    def install_host(cls):
        """As jpki does, but for a script that gives it what each test wants."""
        subprocess.run([os.environ["JPKI"], "register", "bridge"], env=cls.browser_environment, check=True,
                       stdout=subprocess.DEVNULL)
        script = cls.home + "/host"
        with open(script, "w", encoding="ascii") as file:
            file.write('#!/bin/sh\n. "%s/environment"\necho $$ >>"%s/hosts"\nexec ${INSTEAD:-"%s" "$@"}\n' % (
                cls.home, cls.home, os.environ["JPKI_BRIDGE"]))
        os.chmod(script, 0o755)
        for folder in (".mozilla/native-messaging-hosts", ".config/chromium/NativeMessagingHosts"):
            path = "%s/%s/jpki_pkcs11.bridge.json" % (cls.home, folder)
            with open(path, encoding="utf-8") as file:
                manifest = json.load(file)
            manifest["path"] = script
            with open(path, "w", encoding="utf-8") as file:
                json.dump(manifest, file)

    def setUp(self):
        super().setUp()
        self.tabs = []
        self.addCleanup(self.close_tabs)
        self.configure("[bridge]", "hosts = myna.go.jp:%d" % self.site.https)
        self.tell_host()

    def tell_host(self, **more):
        self.environment.update(more)
        with open(self.home + "/environment", "w", encoding="utf-8") as file:
            file.writelines("export %s='%s'\n" % item for item in self.environment.items())
        with open(self.home + "/hosts", "w", encoding="utf-8"):
            pass

    def host_processes(self):
        with open(self.home + "/hosts", encoding="utf-8") as file:
            return [int(line) for line in file]

    def close_tabs(self):
        """And nothing of them is left that would still write to the test's folder."""
        for tab in self.tabs:
            self.browser.close(tab)
        wait_until(lambda: not any(map(is_alive, self.host_processes() + self.dialogs())), 30, "hosts and dialogs are gone")

    def open(self, mode, *arguments, **options):
        url, n = self.site.page(mode, *arguments, **options)
        self.tabs.append(self.browser.open(url))
        return n

    def answer(self, n, seconds=30):
        detail = self.site.report(n, "answer", seconds)
        return None if detail is None else json.loads(detail)

    def expect_no_host(self):
        """Nor a dialog, nor anything sent to the card."""
        self.assertEqual(self.host_processes(), [])
        self.assertEqual(self.dialogs(), [])
        self.assertEqual(self.ledger(), [])

    def expect_nothing(self, n):
        """The page is there and asks, and gets no answer."""
        self.assertIsNotNone(self.site.report(n, "state"))
        self.assertIsNone(self.answer(n, NOTHING))
        self.expect_no_host()

    def expect_end(self, go, *processes):
        """Once go() is called, the host and these are gone, and the card is logged out, in time."""
        processes += (self.host_processes()[-1],)
        start = time.monotonic()
        go()
        wait_until(lambda: not any(map(is_alive, processes)), 30, "host and dialog are gone")
        seconds = time.monotonic() - start
        print("%s: gone after %.2f s" % (self.id().rsplit(".", 1)[1], seconds), flush=True)
        self.assertLess(seconds, leaving())
        self.expect_card_closed()

    def expect_end_of_dialog(self, go):
        """And nothing was sent to the card."""
        self.expect_end(go, self.wait_for_dialog())
        self.expect_pins()

    def start_signing(self):
        """Of twenty documents, by a card that takes its time; the page, once the first is signed."""
        self.tell_host(JPKI_VCARD_SIGNING="700")
        self.will_type("pin ABC123")
        n = self.open("02", 20)
        wait_until(lambda: len(self.sent_pins()) == 2, 20, "the VERIFY of a signature")
        return n

    def expect_end_of_signing(self, n, go):
        """Not all are signed, and the page is handed none."""
        self.expect_end(go)
        self.assertLess(len(self.signing_commands()), 20)
        self.assertIsNone(self.answer(n, 1))

    def test_log_in(self):
        self.will_type("pin 1234")
        n = self.open("01")
        answer = self.answer(n)
        self.assertEqual(answer["result"], "0", answer)
        self.site.verify(n, answer)
        self.expect_pins("1234", "1234")
        self.assertTrue(self.told("SETDESC")[0].startswith("https://myna.go.jp:%d\n" % self.site.https))

    def test_sign_three(self):
        self.will_type("pin ABC123")
        n = self.open("02", 3)
        answer = self.answer(n)
        self.assertEqual(answer["result"], "0", answer)
        self.site.verify(n, answer)
        self.expect_pins(*["ABC123"] * 4)

    def test_text(self):
        self.will_type("pin 2468")
        answer = self.answer(self.open("04", 0))
        self.assertEqual(answer["result"], "0", answer)
        self.assertTrue(bytes.fromhex(answer["name"]).decode())
        self.expect_pins("2468")

    def test_cancel(self):
        self.will_type("cancel")
        answer = self.answer(self.open("01"))
        self.assertEqual(answer["result"], "1")
        self.assertIn("message", answer)
        self.expect_pins()

    def test_signs_of_the_extension(self):
        self.will_type("cancel")
        n = self.open("01")
        state = self.site.report(n, "state")
        self.assertEqual(state["signs"], ["24", "29"])
        self.assertIn("Linux", state["userAgent"])
        self.answer(n)

    def test_another_host(self):
        self.expect_nothing(self.open("01", host="other.example"))

    def test_http(self):
        self.expect_nothing(self.open("01", scheme="http"))

    def test_frames(self):
        self.expect_nothing(self.open("01", path="/frame"))
        self.expect_nothing(self.open("01", path="/sandbox"))

    def test_sandboxed_page(self):
        """Its address is an allowed one, its origin is none."""
        n = self.open("01", path="/sandboxed")
        self.assertIsNotNone(self.site.report(n, "state"))
        answer = self.answer(n)
        self.assertEqual(answer["result"], "1")
        self.assertIn("may not use the card", answer["message"])
        self.expect_no_host()

    def test_host_refuses_what_the_extension_lets_pass(self):
        self.configure("[bridge]", "hosts = another.example")
        self.tell_host()
        answer = self.answer(self.open("01"))
        self.assertEqual(answer["result"], "1")
        self.assertIn("[bridge]", answer["message"])
        self.assertEqual(self.dialogs(), [])

    def test_page_is_left_while_the_dialog_is_open(self):
        self.open("01")
        self.expect_end_of_dialog(lambda: self.browser.leave(self.tabs[-1]))

    def test_page_is_closed_while_the_dialog_is_open(self):
        self.open("01")
        self.expect_end_of_dialog(lambda: self.browser.close(self.tabs.pop()))

    def test_page_is_left_while_the_card_signs(self):
        n = self.start_signing()
        self.expect_end_of_signing(n, lambda: self.browser.leave(self.tabs[-1]))

    def test_page_is_closed_while_the_card_signs(self):
        n = self.start_signing()
        self.expect_end_of_signing(n, lambda: self.browser.close(self.tabs.pop()))

    def test_host_is_killed(self):
        n = self.open("01")
        pinentry = self.wait_for_dialog()
        os.kill(self.host_processes()[-1], signal.SIGKILL)
        answer = self.answer(n)
        self.assertEqual((answer["result"], answer["errcode"], answer["mode"]), ("1", "EW044-C300", "01"))
        wait_until(lambda: not is_alive(pinentry), 2, "the dialog is gone")

    def test_silent_host(self):
        """It is given up, and gone soon after."""
        self.tell_host(INSTEAD="sleep 600")
        start = time.monotonic()
        answer = self.answer(self.open("01"), 60)
        self.assertEqual((answer["result"], answer["errcode"], answer["mode"]), ("1", "EW044-C300", "01"))
        self.assertGreater(time.monotonic() - start, PATIENCE - 1)
        wait_until(lambda: not is_alive(self.host_processes()[-1]), 10, "the silent host is gone")

    def test_who_reads_the_dialog_slowly_is_waited_for(self):
        self.will_type("late %s 1234" % self.path("go"))
        n = self.open("01")
        self.wait_for_dialog()
        self.assertIsNone(self.answer(n, PATIENCE + 10))
        with open(self.path("go"), "w", encoding="ascii"):
            pass
        answer = self.answer(n)
        self.assertEqual(answer["result"], "0", answer)
        self.site.verify(n, answer)

    def test_two_pages_at_once(self):
        self.open("01")
        self.wait_for_dialog()
        answer = self.answer(self.open("01"))
        self.assertEqual(answer["result"], "1")
        self.assertEqual(len(self.dialogs()), 1)
        self.assertIn("Another PIN dialog", answer["message"])

    def launch(self, detail):
        """The page that is shown asks for this: an expression of JavaScript."""
        self.browser.evaluate(
            self.tabs[-1], "document.dispatchEvent(new CustomEvent('launchApp', {detail: %s}))" % detail)

    def test_two_requests_of_one_page(self):
        n = self.open("01")
        self.wait_for_dialog()
        self.browser.evaluate(self.tabs[-1], "dispatchEvent(new Event('again'))")
        answer = self.answer(n)
        self.assertEqual(answer["result"], "1")
        self.assertEqual(len(self.dialogs()), 1)
        self.assertIn("Another PIN dialog", answer["message"])

    @unittest.skipUnless(BROWSER is BROWSERS["firefox"], "Chromium keeps requests for a background that it starts anew")
    def test_background_ends_while_requests_come(self):
        """Each gets its answer: here the refusal that the background itself gives."""
        n = self.open("01", path="/sandboxed")
        self.assertIn("message", self.answer(n))
        for _ in range(3):
            self.browser.evaluate(
                self.tabs[-1],
                "void [...Array(100).keys()].forEach((i) => setTimeout(() => dispatchEvent(new Event('again')), 4 * i))")
            self.browser.end_background()
            answers = [self.answer(n) or {} for _ in range(100)]
            self.assertEqual([answer for answer in answers if "message" not in answer], [])
        self.expect_no_host()

    def test_close_ends_the_dialog(self):
        self.open("01")
        self.expect_end_of_dialog(lambda: self.launch("'{\"mode\": \"05\"}'"))

    def test_requests_that_the_host_refuses(self):
        """Without a dialog, and the card is asked for nothing."""
        n = self.open("05", 0)
        self.site.report(n, "state")
        right = digest_info(b"document")
        for request in ('{"mode": "01"', {"mode": "01", "service_id": "01", "digest": "A" + right[1:]},
                        {"mode": "02", "digest": [right] * 21}, {"mode": "02", "digest": []}):
            self.launch(json.dumps(request if isinstance(request, str) else json.dumps(request)))
            answer = self.answer(n)
            self.assertEqual(answer["result"], "1", answer)
            self.assertTrue(answer["message"])
        self.assertEqual(self.dialogs(), [])
        self.assertEqual(self.ledger(), [])

    def test_wrong_pin(self):
        """It costs one try, and the page gets no signature."""
        self.will_type("pin 9999")
        answer = self.answer(self.open("01"))
        self.assertEqual(answer["result"], "1", answer)
        self.assertNotIn("signature", answer)
        self.expect_pins("9999")

    def test_locked(self):
        self.insert("locked-auth")
        answer = self.answer(self.open("01"))
        self.assertEqual(answer["result"], "1", answer)
        self.assertEqual(self.dialogs(), [])
        self.expect_pins()

    def test_card_is_out(self):
        self.tell_host(JPKI_VCARD="Reader=")
        answer = self.answer(self.open("01"))
        self.assertEqual(answer["result"], "1", answer)
        self.assertEqual(self.dialogs(), [])

    def test_details_that_are_no_strings_or_too_long(self):
        n = self.open("05", 0)
        self.site.report(n, "state")
        for detail in ("{mode: '01'}", "1", "null", "'x'.repeat(60000)", "'x'.repeat(2 * 1024 * 1024)"):
            self.launch(detail)
            self.assertEqual(self.answer(n)["result"], "1")
        self.expect_no_host()

    @unittest.skipUnless(BROWSER is BROWSERS["chromium"], "Firefox does not prerender")
    def test_prerendered_page(self):
        """Nobody has opened it."""
        n = self.open("01", path="/prerender")
        state = self.site.report(n, "state")
        self.assertEqual(state and state["prerendering"], True)
        self.assertIsNone(self.answer(n, NOTHING))
        self.expect_no_host()

    def test_page_in_another_tab(self):
        """It is asked for once somebody looks at it."""
        self.will_type("pin 1234")
        n = self.open("01", after=2000)
        self.tabs.append(self.browser.open("about:blank"))
        self.assertIsNotNone(self.site.report(n, "state"))
        self.assertIsNone(self.answer(n, NOTHING))
        self.expect_no_host()
        self.browser.show(self.tabs[0])
        self.assertEqual(self.answer(n)["result"], "0")

    def test_page_comes_back_from_the_cache(self):
        """It is told what became of its request."""
        url, _ = self.site.page("05")
        n = self.open("01")
        self.wait_for_dialog()
        self.browser.leave(self.tabs[0], url)
        wait_until(lambda: not is_alive(self.dialogs()[-1]), 20, "the dialog is gone")
        self.browser.evaluate(self.tabs[0], "history.back()")
        answer = self.answer(n)
        self.assertEqual((answer["result"], answer["errcode"], answer["mode"]), ("1", "EW044-C300", "01"))
        self.assertEqual(len(self.dialogs()), 1)
        self.expect_pins()

    def is_windows(self):
        """What a new page that opens no dialog reads of the system."""
        n = self.open("check")
        state = self.site.report(n, "state")
        self.answer(n)
        self.browser.close(self.tabs.pop())
        return "Windows" in state["userAgent"]

    def test_options_change_what_scripts_read(self):
        self.tabs.append(self.browser.open(self.browser.extension_page("options.html")))
        box = "document.getElementById('user-agent')"
        wait_until(lambda: self.browser.evaluate(self.tabs[-1], "%s?.disabled === false" % box), 20, "the options page")
        for is_on in (True, False):
            self.will_type("cancel")
            self.browser.evaluate(self.tabs[0], "%s.click()" % box)
            wait_until(lambda wanted=is_on: self.is_windows() == wanted, 20, "the setting reaches pages")
            n = self.open("01")
            state = self.site.report(n, "state")
            self.assertEqual("Windows" in state["userAgent"], is_on, state)
            self.assertEqual(state["platform"] == "Win32", is_on)
            self.answer(n)
            self.browser.close(self.tabs.pop())
            if hasattr(self.browser, "marionette"):
                self.browser.marionette.command("WebDriver:SwitchToWindow", handle=self.tabs[0])

    def test_popup_shows_host_and_card(self):
        self.tabs.append(self.browser.open(self.browser.extension_page("popup.html")))
        text = "document.body?.innerText ?? ''"
        wait_until(
            lambda: "Tries left: 3" in (self.browser.evaluate(self.tabs[-1], text) or ""), 20, "the card's state")
        self.expect_pins()

    def test_popup_shows_the_last_refusal(self):
        self.insert("locked-auth")
        words = self.answer(self.open("01"))["message"]
        self.assertEqual(self.answer(self.open("check"))["result"], "0")
        self.tabs.append(self.browser.open(self.browser.extension_page("popup.html")))
        text = "document.body?.innerText ?? ''"
        wait_until(lambda: words in (self.browser.evaluate(self.tabs[-1], text) or ""), 20, "the refusal")

    def test_z_browser_ends_while_the_dialog_is_open(self):
        self.open("01")
        self.tabs.clear()
        quitting = threading.Thread(target=self.browser.quit)
        self.expect_end_of_dialog(quitting.start)
        quitting.join()
        self.start_browser()

    def test_z_browser_is_killed_while_the_dialog_is_open(self):
        self.open("01")
        self.tabs.clear()
        self.expect_end_of_dialog(self.browser.process.kill)
        self.browser.quit()
        self.start_browser()

    def test_z_browser_is_killed_while_the_card_signs(self):
        n = self.start_signing()
        self.tabs.clear()
        self.expect_end_of_signing(n, self.browser.process.kill)
        self.browser.quit()
        self.start_browser()


if __name__ == "__main__":
    unittest.main()
