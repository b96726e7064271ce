#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page is left, the browser ends, or the host is killed: no dialog stays, nothing is signed
any more, nothing is handed out, and the card is closed within two seconds."""

import fcntl
import os
import signal
import time
import unittest

from host import BridgeTest, blocks_signal, digest_info, is_alive, wait_until

LOG_IN = {"mode": "01", "service_id": "01", "digest": digest_info(b"challenge")}
SIGN = {**LOG_IN, "mode": "02", "digest": [LOG_IN["digest"]] * 5}
TEXT = {"mode": "04", "service_id": "01"}


class Endings(BridgeTest):
    def ask_until_dialog(self):
        host = self.start()
        host.send(LOG_IN)
        return host, self.wait_for_dialog()

    def expect_end(self, host, pinentry):
        """Without an answer, within two seconds."""
        host.process.wait(2)
        wait_until(lambda: not is_alive(pinentry), 2, "the dialog is gone")
        self.assertEqual(host.end()[0], [])
        self.expect_pins()

    def test_input_ends_while_the_dialog_is_open(self):
        host, pinentry = self.ask_until_dialog()
        host.close_input()
        self.expect_end(host, pinentry)
        self.assertEqual(host.process.returncode, 0)

    def test_input_ends_with_a_message_in_it(self):
        host, pinentry = self.ask_until_dialog()
        host.send(LOG_IN)
        host.close_input()
        self.expect_end(host, pinentry)
        self.assertEqual(len(self.dialogs()), 1)

    def test_terminated_while_the_dialog_is_open(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
            host, pinentry = self.ask_until_dialog()
            host.process.send_signal(number)
            self.expect_end(host, pinentry)
            with open(self.path("pinentry.log"), "w", encoding="utf-8"):
                pass

    def test_killed_while_the_dialog_is_open(self):
        host, pinentry = self.ask_until_dialog()
        host.process.kill()
        self.expect_end(host, pinentry)
        self.will_type("pin 1234")
        self.assertEqual(self.ask(LOG_IN)["result"], "0")

    def test_input_ends_while_a_script_around_pinentry_waits(self):
        self.wrap_pinentry()
        host, pinentry = self.ask_until_dialog()
        host.close_input()
        self.expect_end(host, pinentry)

    def test_a_script_around_a_pinentry_that_stays(self):
        self.wrap_pinentry()
        self.will_type("lasting 1234")
        self.assertEqual(self.ask(LOG_IN)["result"], "0")
        wait_until(lambda: not is_alive(self.dialogs()[-1]), 2, "the dialog is gone")

    def test_input_ends_between_the_pin_and_its_way_to_the_card(self):
        """While the host waits for a dialog that has done its work."""
        for request, pin in ((LOG_IN, "1234"), (SIGN, "ABC123"), (TEXT, "2468")):
            self.will_type("lasting " + pin)
            host = self.start()
            host.send(request)
            wait_until(lambda: any(line.endswith(" TYPED") for line in self.lines("pinentry.log")), 20, "a PIN")
            host.close_input()
            self.expect_end(host, self.dialogs()[-1])
            with open(self.path("pinentry.log"), "w", encoding="utf-8"):
                pass

    def test_input_ends_while_the_card_does_not_answer(self):
        """Once it answers, the PIN that was typed is not sent any more."""
        for request, pin in ((LOG_IN, "1234"), (SIGN, "ABC123"), (TEXT, "2468")):
            self.will_type("late %s %s" % (self.path("go"), pin))
            host = self.start()
            host.send(request)
            self.wait_for_dialog()
            with open(self.path("card/lock"), "w", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                before = len(self.ledger())
                with open(self.path("go"), "w", encoding="ascii"):
                    pass
                wait_until(lambda: len(self.ledger()) > before, 20, "a command to the card")
                host.close_input()
            self.expect_end(host, self.dialogs()[-1])
            os.remove(self.path("go"))
            with open(self.path("pinentry.log"), "w", encoding="utf-8"):
                pass

    def expect_end_of_look_up(self, host):
        """Without an answer, and before a dialog."""
        host.close_input()
        host.process.wait(2)
        self.assertEqual(host.end()[0], [])
        self.assertEqual(host.process.returncode, 0)
        self.assertEqual(self.dialogs(), [])

    def test_input_ends_while_another_program_has_the_card(self):
        """Before anybody is asked: PC/SC waits for the end of its transaction."""
        self.plan_fault(kept=self.path("kept"))
        for request in (LOG_IN, SIGN, TEXT, {"mode": "check"}):
            self.make_file("kept")
            host = self.start()
            host.send(request)
            time.sleep(0.5)
            self.assertIsNone(host.process.poll())
            self.expect_end_of_look_up(host)
        self.assertEqual(self.commands(), [])

    def test_the_end_of_anothers_transaction_is_waited_for(self):
        self.plan_fault(kept=self.path("kept"))
        self.make_file("kept")
        self.will_type("pin 1234")
        host = self.start()
        host.send(LOG_IN)
        time.sleep(1.5)
        self.assertEqual(self.dialogs(), [])
        os.remove(self.path("kept"))
        self.assertEqual(host.receive()["result"], "0")

    def test_input_ends_while_the_card_does_not_answer_before_the_dialog(self):
        with open(self.path("card/lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            host = self.start()
            host.send(LOG_IN)
            wait_until(self.commands, 20, "a command to the card")
            self.expect_end_of_look_up(host)

    def test_terminated_before_the_dialog(self):
        self.plan_fault(kept=self.path("kept"))
        self.make_file("kept")
        host = self.start()
        host.send(LOG_IN)
        wait_until(lambda: blocks_signal(host.process.pid, signal.SIGTERM), 20, "the host waits for signals")
        time.sleep(0.5)  # and for the card
        host.process.terminate()
        host.process.wait(2)
        self.assertEqual((host.process.returncode, host.end()[0]), (0, []))

    def ask_until_signing(self, request, pin):
        self.environment["JPKI_VCARD_SIGNING"] = "700"
        self.will_type("pin " + pin)
        host = self.start()
        host.send(request)
        # The ledger has a command once it is done: the log-in is, the signature is not.
        wait_until(lambda: len(self.sent_pins()) == 2, 20, "the VERIFY of a signature")
        return host

    def expect_end_of_signing(self, host, end):
        started = time.monotonic()
        end()
        host.process.wait(2)
        self.assertLess(time.monotonic() - started, 2)
        self.assertEqual(host.end()[0], [])
        self.assertEqual(len(self.signing_commands()), 1)
        self.expect_card_closed()

    def test_input_ends_while_the_card_signs(self):
        host = self.ask_until_signing(LOG_IN, "1234")
        self.expect_end_of_signing(host, host.close_input)
        self.expect_pins("1234", "1234")

    def test_input_ends_with_more_to_be_signed(self):
        host = self.ask_until_signing(SIGN, "ABC123")
        self.expect_end_of_signing(host, host.close_input)

    def test_terminated_while_the_card_signs(self):
        host = self.ask_until_signing(LOG_IN, "1234")
        self.expect_end_of_signing(host, host.process.terminate)

    def test_quit_from_the_terminal_while_the_card_signs(self):
        host = self.ask_until_signing(LOG_IN, "1234")
        self.expect_end_of_signing(host, lambda: host.process.send_signal(signal.SIGQUIT))

    def test_nothing_is_done_for_input_that_has_ended(self):
        host = self.start()
        host.process.send_signal(signal.SIGSTOP)
        host.send(LOG_IN)
        host.close_input()
        host.process.send_signal(signal.SIGCONT)
        self.assertEqual(host.end()[0], [])
        self.assertEqual(self.dialogs(), [])
        self.assertEqual(self.ledger(), [])


if __name__ == "__main__":
    unittest.main()
