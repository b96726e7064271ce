#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the person is told, and what becomes of each answer."""

import fcntl
import locale
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
import unittest

from host import ORIGIN, BridgeTest, digest_info, is_alive, wait_until

LOG_IN = {"mode": "01", "service_id": "01", "digest": digest_info(b"challenge")}
SIGN = {**LOG_IN, "mode": "02", "digest": [LOG_IN["digest"]] * 20}
TEXT = {"mode": "04", "service_id": "01"}


def has_locale(name):
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


class Dialog(BridgeTest):
    def describe(self, request, language, origin=ORIGIN):
        self.environment["LANG"] = language
        self.will_type("cancel")
        self.assertEqual(self.ask(request, origin)["result"], "1")
        return self.told("SETDESC")[-1]

    def test_says_who_asks_for_what(self):
        expected = (
            (LOG_IN, ("LOG IN", "4 digits", "Tries left: 3"), ("ログイン", "利用者証明用", "残り 3 回")),
            (SIGN, ("SIGN 20", "legal signature", "Tries left: 5"), ("文書 20 件", "署名用", "残り 5 回")),
            (TEXT, ("HAND OVER", "address", "Tries left: 3"), ("氏名・住所・生年月日・性別", "残り 3 回")),
        )
        for request, english, japanese in expected:
            for language, words in (("C.UTF-8", english), ("ja_JP.UTF-8", japanese)):
                text = self.describe(request, language)
                self.assertTrue(text.startswith(ORIGIN + "\n"), text)
                for word in words + (("municipal office",) if language == "C.UTF-8" else ("市区町村の窓口",)):
                    self.assertIn(word, text)
        self.assertEqual(
            self.told("SETPROMPT"), ["PIN:", "暗証番号:", "Password:", "暗証番号:", "PIN:", "暗証番号:"])

    def test_the_longest_description_is_not_cut(self):
        host = ".".join(["a" * 62] * 4) + ":65535"
        self.configure("[bridge]", "hosts = " + host)
        for request in (LOG_IN, SIGN, TEXT):
            for language, end in (("C.UTF-8", "just now."), ("ja_JP.UTF-8", "ください。")):
                text = self.describe(request, language, "https://" + host)
                self.assertTrue(text.endswith(end), text)
                self.assertLess(len(text.encode()), 900)

    def test_tells_pinentry_a_locale_of_utf8_and_the_display(self):
        self.environment["LC_ALL"] = "C"
        self.environment["DISPLAY"] = ":99"
        self.will_type("cancel")
        self.ask(LOG_IN)
        log = "\n".join(self.lines("pinentry.log"))
        self.assertIn("OPTION lc-ctype=C.UTF-8", log)
        self.assertIn("OPTION display=:99", log)

    def test_tells_pinentry_a_locale_that_there_is(self):
        same = "C.utf8" if has_locale("C.utf8") else "C.UTF-8"
        for language, told in (("xx_XX.UTF-8", "C.UTF-8"), ("C.utf8", same), ("", "C.UTF-8")):
            self.environment["LANG"] = language
            self.will_type("cancel")
            self.ask(LOG_IN)
            options = [line.split(" ", 1)[1] for line in self.lines("pinentry.log") if "OPTION lc-" in line]
            self.assertEqual(options[-2:], ["OPTION lc-ctype=" + told, "OPTION lc-messages=" + told])

    def getpins(self):
        return [line for line in self.lines("pinentry.log") if line.endswith(" GETPIN")]

    def test_who_is_not_told_what_for_is_not_asked(self):
        for refused in ("SETDESC", "SETPROMPT", "greeting"):
            self.environment["PINENTRY_REFUSES"] = refused
            self.will_type("pin 1234")
            self.expect_refusal(self.ask(LOG_IN), "could not be shown")
            self.assertEqual(self.getpins(), [], refused)
        self.environment["PINENTRY_REFUSES"] = "SETERROR"
        self.will_type("pin 12345", "pin 1234")
        self.expect_refusal(self.ask(LOG_IN), "could not be shown")
        self.assertEqual(len(self.getpins()), 1)

    def test_a_pinentry_that_knows_no_titles_and_options(self):
        self.environment["PINENTRY_REFUSES"] = "OPTION SETTITLE SETOK SETCANCEL"
        self.will_type("pin 1234")
        self.assertEqual(self.ask(LOG_IN)["result"], "0")

    def test_an_error_after_a_pin_is_no_pin(self):
        for error in ("ERR", "ERR 0", "ERR 65536 x", "ERR foo"):
            self.will_type("lines D 1234|" + error)
            self.expect_refusal(self.ask(LOG_IN), "could not be shown")

    def test_escaped_pin(self):
        self.will_type("lines D %31%32|D 3%34|OK")
        self.assertEqual(self.ask(LOG_IN)["result"], "0")
        self.will_type("lines D %4A%4b%4C%4d%4E%4f|OK")
        self.expect_refusal(self.ask(SIGN), "Tries left: 4", ["1234", "1234", "JKLMNO"])

    def test_what_is_no_escape(self):
        for data in ("12%3g", "123%4", "1234%"):
            self.will_type("lines D %s|OK" % data)
            self.expect_refusal(self.ask(LOG_IN), "could not be shown")

    def test_cancelled(self):
        for act in ("cancel", "end", "signal 2"):  # 2: ^C on its terminal
            self.will_type(act)
            self.expect_refusal(self.ask(LOG_IN), "Cancelled")

    def test_crashed(self):
        self.will_type("signal 11")
        self.expect_refusal(self.ask(LOG_IN), "could not be shown")
        self.wrap_pinentry()
        for act, words in (("signal 11", "could not be shown"), ("signal 2", "Cancelled"), ("end", "Cancelled")):
            self.will_type(act)
            self.expect_refusal(self.ask(LOG_IN), words)

    def test_could_not_be_asked(self):
        # cancelled at once, a locale that does not fit, no terminal
        for code in (83886179, 83886246, 83918950):
            self.will_type("code %d" % code)
            self.expect_refusal(self.ask(LOG_IN), "could not be shown")

    @unittest.skipUnless(os.environ["JPKI_SANITIZE"] == "none", "a sanitizer has poll and the clock itself")
    def test_nobody_answers(self):
        self.environment["JPKI_CLOCK_SPEED"] = "12"
        self.preload("JPKI_HOST_FAULT_LIB")
        self.will_type("hang")
        self.expect_refusal(self.ask(LOG_IN), "Nobody typed the PIN within 120")
        self.assertFalse(is_alive(self.dialogs()[-1]))

    def test_no_pinentry(self):
        os.unlink(self.path("bin/pinentry"))
        self.environment["PATH"] = self.path("bin")
        self.expect_refusal(self.ask(LOG_IN), "could not be shown")

    def test_what_cannot_be_the_pin_is_asked_for_again(self):
        self.will_type("pin 12345", "pin", "pin 1234")
        self.assertEqual(self.ask(LOG_IN)["result"], "0")
        self.expect_pins("1234", "1234")
        self.assertEqual(len(self.told("SETERROR")), 2)
        self.assertIn("4 digits", self.told("SETERROR")[0])

    def test_three_times_what_cannot_be_the_pin(self):
        for wrong in ("pin abcd", "pin " + "1234" * 100, "pin 12%34"):
            self.will_type(wrong, wrong, wrong, "pin 1234")
            self.expect_refusal(self.ask(LOG_IN), "cannot be the PIN")
        self.will_type(*["pin ABC-123"] * 3)
        self.expect_refusal(self.ask(SIGN), "cannot be the PIN")

    def test_wrong_pin_costs_one_try(self):
        self.will_type("pin 9999", "pin 1234")
        self.expect_refusal(self.ask(LOG_IN), "Tries left: 2", ["9999"])
        self.assertEqual(len(self.dialogs()), 1)
        self.assertEqual(self.signing_commands(), [])

    def test_the_same_wrong_pin_is_not_sent_twice(self):
        self.will_type("pin 9999", "pin 9999")
        host = self.start()
        host.ask(LOG_IN)
        self.expect_refusal(host.ask(LOG_IN), "not sent", ["9999"])

    def test_wrong_text_pin(self):
        self.will_type("pin 1234")
        self.expect_refusal(self.ask(TEXT), "Tries left: 2", ["1234"])

    def test_wrong_pins_never_lock_the_card(self):
        self.will_type("pin 9999", "pin 9998", "pin 9997")
        self.ask(LOG_IN)
        self.ask(LOG_IN)
        self.expect_refusal(self.ask(LOG_IN), "One try is left", ["9999", "9998"])
        self.assertEqual(len(self.dialogs()), 2)

    def test_refused_by_the_signing_policy(self):
        for persona, words in (("minor", "15"), ("expired", "expired")):
            self.insert(persona)
            with open(self.path("ledger"), "w", encoding="utf-8"):
                pass
            self.will_type("pin ABC123")
            answer = self.ask(SIGN)
            self.assertEqual(sorted(answer), ["message", "result"])
            self.expect_refusal(answer, words, ["ABC123"])
            self.assertEqual(self.signing_commands(), [])

    def test_a_key_that_cannot_sign_is_no_reason_to_ask(self):
        self.insert("next-card")
        for language, words in (("C.UTF-8", "the next card is not supported yet"), ("ja_JP.UTF-8", "利用者証明用の鍵")):
            self.environment["LANG"] = language
            self.expect_refusal(self.ask(LOG_IN), words)
        self.assertEqual(self.dialogs(), [])

    def test_tells_the_extension_how_long_the_answer_may_take(self):
        """Longer than anybody may look at the dialog, each time; and than the card may sign."""
        self.will_type("pin 12345", "pin ABC123")
        host = self.start()
        self.assertEqual(host.ask({**SIGN, "digest": SIGN["digest"][:2]})["result"], "0")
        self.assertEqual(host.waits, [130, 130, 90 + 5 + 2 * 6])  # 5: ocsp_timeout
        self.assertEqual(host.ask({"mode": "check"})["result"], "0")
        self.assertEqual(len(host.waits), 3)

    def test_one_dialog_at_a_time(self):
        first, second = self.start(), self.start()
        first.send(LOG_IN)
        self.wait_for_dialog()
        self.expect_refusal(second.ask(LOG_IN), "Another PIN dialog")
        self.assertEqual(len(self.dialogs()), 1)
        first.end()
        self.will_type("pin 1234")
        self.assertEqual(second.ask(LOG_IN)["result"], "0")

    def start_jpki(self):
        """jpki without a terminal, which asks by pinentry."""
        process = subprocess.Popen(
            [os.environ["JPKI"], "pin", "check", "auth"], env=self.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        return process

    def test_one_dialog_at_a_time_beside_jpki(self):
        host = self.start()
        host.send(LOG_IN)
        self.wait_for_dialog()
        for language, words in (("C.UTF-8", "another PIN dialog"), ("ja_JP.UTF-8", "別の暗証番号の入力画面")):
            self.environment["LANG"] = language
            jpki = self.start_jpki()
            self.assertIn(words, jpki.stdout.read())
            self.assertEqual(jpki.wait(), 1)
        self.environment["LANG"] = "C.UTF-8"
        self.assertEqual(len(self.dialogs()), 1)
        host.end()
        self.will_type("late %s 1234" % self.path("go"))
        jpki = self.start_jpki()
        wait_until(lambda: len(self.getpins()) == 2, 20, "the dialog of jpki")
        self.expect_refusal(self.ask(LOG_IN), "Another PIN dialog")
        with open(self.path("go"), "w", encoding="ascii"):
            pass
        self.assertIn("The PIN is right", jpki.stdout.read())
        self.assertEqual(len(self.dialogs()), 2)

    def read_until(self, terminal, text):
        shown, end = b"", time.monotonic() + 20
        while text not in shown and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536)
        self.assertIn(text, shown)

    @unittest.skipUnless(shutil.which("pinentry-curses"), "no pinentry-curses")
    def test_on_the_terminal_of_the_browser_and_on_another(self):
        self.replace_pinentry(shutil.which("pinentry-curses"))
        for is_own in (True, False):
            try:
                terminal, name = pty.openpty()
            except OSError:
                self.skipTest("no pseudo-terminals here")
            fcntl.ioctl(name, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
            self.environment.update(GPG_TTY=os.ttyname(name), TERM="xterm")

            def take_terminal():
                fcntl.ioctl(name, termios.TIOCSCTTY, 0)

            host = self.start(start_new_session=True, preexec_fn=take_terminal if is_own else None)
            host.send(LOG_IN)
            self.read_until(terminal, b"PIN:")
            os.write(terminal, b"1234\r")
            self.assertEqual(host.receive()["result"], "0")
            host.end()
            os.close(terminal)
            os.close(name)

    def test_two_requests_on_one_port_are_served_in_turn(self):
        self.will_type("cancel", "pin 1234")
        host = self.start()
        host.send(LOG_IN)
        host.send(LOG_IN)
        self.assertIn("Cancelled", host.receive()["message"])
        self.assertEqual(host.receive()["result"], "0")
        self.expect_pins("1234", "1234")


if __name__ == "__main__":
    unittest.main()
