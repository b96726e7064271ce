#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The card is taken out, or another one is put in, while a page has asked for it."""

import unittest

from host import BridgeTest, digest_info, wait_until

LOG_IN = {"mode": "01", "service_id": "01", "digest": digest_info(b"challenge")}
SIGN = {**LOG_IN, "mode": "02", "digest": [LOG_IN["digest"]] * 5}
TEXT = {"mode": "04", "service_id": "01"}
REQUESTS = ((LOG_IN, "1234"), (SIGN, "ABC123"), (TEXT, "2468"))


class Removals(BridgeTest):
    def setUp(self):
        super().setUp()
        self.insert("adult2", "other")

    def forget(self):
        """What the last request left."""
        self.insert(self.persona)
        for name in ("ledger", "pinentry.log"):
            self.make_file(name)

    def expect_nothing_sent_after_the_dialog(self, act):
        """ACT while the dialog is open, before the right PIN is typed."""
        for request, pin in REQUESTS:
            with self.subTest(mode=request["mode"]):
                self.forget()
                acted, typed = "act-" + request["mode"], "go-" + request["mode"]
                self.plan_fault(**{name: value.replace("@", self.path(acted)) for name, value in act.items()})
                self.will_type("late %s %s" % (self.path(typed), pin))
                host = self.start()
                host.send(request)
                self.wait_for_dialog()
                before = self.commands()
                self.make_file(acted)
                wait_until(lambda: not self.exists(acted), 5, "the card is out")
                self.make_file(typed)
                self.expect_refusal(host.receive(), "taken out meanwhile")
                self.assertEqual(self.commands(), before)

    def expect_end_of_signing(self, act, words):
        """ACT while the first of five documents is signed; once it was, no other is."""
        self.plan_fault(**{name: value.replace("@", self.path("act")) for name, value in act.items()})
        self.environment["JPKI_VCARD_SIGNING"] = "700"
        self.will_type("pin ABC123")
        host = self.start()
        host.send(SIGN)
        wait_until(lambda: len(self.sent_pins()) == 2, 20, "the VERIFY of a signature")
        self.make_file("act")
        self.expect_refusal(host.receive(), words, ["ABC123", "ABC123"])
        self.assertLess(len(self.signing_commands()), 2)

    def test_taken_out_while_the_dialog_is_open(self):
        self.expect_nothing_sent_after_the_dialog({"out": "@"})

    def test_exchanged_while_the_dialog_is_open(self):
        self.expect_nothing_sent_after_the_dialog({"next": "@ " + self.path("other")})

    def test_taken_out_while_it_signs(self):
        self.expect_end_of_signing({"out": "@"}, "no card in the reader")

    def test_exchanged_while_it_signs(self):
        self.expect_end_of_signing({"next": "@ " + self.path("other")}, "taken out meanwhile")


if __name__ == "__main__":
    unittest.main()
