#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a page is answered that asks for what it may: each mode, and what the card was sent for it."""

import hashlib
import os
import unittest

from host import BridgeTest, digest_info

CONSTANT = bytes.fromhex("2e71f6620bc654ced494e5ec34fe03c8")
LOG_IN = {"mode": "01", "service_id": "01", "digest": digest_info(b"challenge")}


def sign(*documents):
    return {"mode": "02", "service_id": "01", "digest": [digest_info(document) for document in documents]}


class Answers(BridgeTest):
    def number(self):
        """That of the card, as the common application has it."""
        with open(self.path("card/common-0001"), "rb") as file:
            return file.read()[2:15]

    def test_log_in(self):
        self.will_type("pin 1234")
        answer = self.ask(LOG_IN)
        self.assertEqual(
            list(answer), ["mode", "result", "uuid", "signature", "certificate", "combination_code"])
        self.assertEqual((answer["mode"], answer["result"]), ("01", "0"))
        self.assertRegex(answer["uuid"], "^[0-9a-f]{32}$")
        self.assertEqual(len(answer["signature"]), 344)
        self.assertFalse(answer["certificate"].endswith("="))
        self.check_signature(answer, answer["signature"], b"challenge")
        code = hashlib.sha256(CONSTANT + self.number() + bytes.fromhex(answer["uuid"])).hexdigest()
        self.assertEqual(answer["combination_code"], code)
        # To check it, and for the signature.
        self.expect_pins("1234", "1234")

    def test_sign_one(self):
        self.will_type("pin ABC123")
        answer = self.ask({"mode": "02", "service_id": "01", "digest": digest_info(b"one")})
        self.assertEqual((answer["mode"], answer["result"]), ("02", "0"))
        self.assertEqual(len(answer["signature"]), 1)
        self.check_signature(answer, answer["signature"][0], b"one")
        self.expect_pins("ABC123", "ABC123")

    def test_sign_twenty(self):
        documents = [b"document %d" % i for i in range(20)]
        self.will_type("pin abc123")
        answer = self.ask(sign(*documents))
        self.assertEqual(answer["result"], "0")
        self.assertEqual(len(answer["signature"]), 20)
        for signature, document in zip(answer["signature"], documents):
            self.check_signature(answer, signature, document)
        self.expect_pins(*["ABC123"] * 21)

    def test_only_a_log_in_has_to_name_a_service(self):
        self.will_type("pin ABC123", "pin 2468")
        for request in ({"mode": "02", "digest": digest_info(b"one")}, {"mode": "04"}):
            self.assertEqual(self.ask(request)["result"], "0")

    def test_text(self):
        self.will_type("pin 2468")
        answer = self.ask({"mode": "04", "service_id": "01"})
        self.assertEqual(
            list(answer),
            ["mode", "result", "uuid", "name", "sex", "address", "birthday", "combination_code"])
        self.assertEqual((answer["mode"], answer["result"]), ("04", "0"))
        with open(self.path("card/text-0002"), "rb") as file:
            text = file.read()
        for key in ("name", "sex", "address", "birthday"):
            self.assertIn(bytes.fromhex(answer[key]), text)
        self.assertRegex(bytes.fromhex(answer["birthday"]).decode(), "^[0-9]{8}$")
        self.expect_pins("2468")
        self.assertFalse([row for row in self.ledger() if "individual-number" in row])

    def test_check_asks_for_no_pin(self):
        for origin in (None, "https://myna.go.jp"):
            answer = self.ask({"mode": "check"}, origin)
            self.assertEqual(list(answer), ["mode", "result", "version", "app", "uuid", "pid", "check"])
            self.assertEqual((answer["result"], answer["app"]), ("0", "jpki-bridge"))
            states = {item["name"]: (item["status"], item["detail"]) for item in answer["check"]}
            self.assertEqual(states["connect"][0], "success")
            self.assertEqual(states["jpki_auth_pin_counter"], ("success", "Tries left: 3"))
            self.assertEqual(states["jpki_sign_pin_counter"], ("success", "Tries left: 5"))
        self.expect_pins()
        self.assertFalse(self.dialogs())

    def test_check_says_of_each_pin_whether_it_will_be_asked_for(self):
        for persona, words in (("last-try", "One try is left"), ("locked-sign", "locked"), ("child-6a82", "no key")):
            self.insert(persona)
            states = {item["name"]: item for item in self.ask({"mode": "check"}, None)["check"]}
            self.assertEqual(states["jpki_sign_pin_counter"]["status"], "failure")
            self.assertIn(words, states["jpki_sign_pin_counter"]["detail"])

    def test_check_says_what_a_request_would(self):
        requests = {
            "jpki_auth_pin_counter": LOG_IN, "jpki_sign_pin_counter": sign(b"one"),
            "text_pin_counter": {"mode": "04", "service_id": "01"}}
        for persona, names in (
                ("locked-auth", ["jpki_auth_pin_counter"]), ("locked-sign", ["jpki_sign_pin_counter"]),
                ("text-locked", ["text_pin_counter"]), ("text-last-try", ["text_pin_counter"]),
                ("last-try", ["jpki_auth_pin_counter", "jpki_sign_pin_counter"]),
                ("child-6a82", ["jpki_sign_pin_counter"]), ("phone", ["text_pin_counter"])):
            self.insert(persona)
            states = {item["name"]: item for item in self.ask({"mode": "check"}, None)["check"]}
            for name in names:
                with self.subTest(persona=persona, name=name):
                    self.assertEqual(states[name]["status"], "failure")
                    self.assertEqual(states[name]["detail"], self.ask(requests[name])["message"])

    def test_check_without_a_card(self):
        os.mkdir(self.path("empty"))
        self.environment["JPKI_VCARD"] = "Reader="
        answer = self.ask({"mode": "check"}, None)
        self.assertEqual([item["status"] for item in answer["check"]], ["failure"] + ["skipped"] * 4)

    def test_close(self):
        host = self.start()
        host.send({"mode": "05"})
        self.assertIsNone(host.receive())
        self.assertEqual(host.process.wait(5), 0)

    def test_each_request_asks_again(self):
        self.will_type("pin 1234", "pin 1234")
        host = self.start()
        first = host.ask(LOG_IN)
        second = host.ask(LOG_IN)
        self.assertEqual((first["result"], second["result"]), ("0", "0"))
        self.assertEqual(first["uuid"], second["uuid"])
        self.assertEqual(len(self.dialogs()), 2)
        self.expect_pins("1234", "1234", "1234", "1234")

    def test_uuid_lasts(self):
        self.will_type("pin 1234", "pin 1234")
        first = self.ask(LOG_IN)
        self.assertEqual(self.ask(LOG_IN)["uuid"], first["uuid"])
        path = self.path("home/.local/state/jpki-pkcs11/bridge-uuid")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_a_uuid_that_is_cut_off_is_made_again(self):
        path = self.path("home/.local/state/jpki-pkcs11/bridge-uuid")
        os.makedirs(os.path.dirname(path))
        for left in (b"", b"fifteen bytes.."):
            with open(path, "wb") as file:
                file.write(left)
            self.will_type("pin 1234", "pin 1234")
            first = self.ask(LOG_IN)
            self.assertEqual(first["result"], "0", first)
            self.assertEqual(self.ask(LOG_IN)["uuid"], first["uuid"])

    def test_combination_code_can_be_kept_back(self):
        self.configure("[bridge]", "combination_code = no")
        self.will_type("pin 1234")
        answer = self.ask(LOG_IN)
        self.assertEqual(answer["result"], "0")
        self.assertNotIn("combination_code", answer)

    def test_a_card_number_of_no_form_loses_nothing(self):
        with open(self.path("card/common-0001"), "r+b") as file:
            size = len(file.read())
            file.seek(0)
            file.write(b"\x55" * size)
        self.will_type("pin ABC123", "pin 2468")
        answer = self.ask(sign(b"one", b"two"))
        self.assertEqual(answer["result"], "0", answer)
        self.assertEqual(len(answer["signature"]), 2)
        self.assertNotIn("combination_code", answer)
        answer = self.ask({"mode": "04", "service_id": "01"})
        self.assertEqual(answer["result"], "0", answer)
        self.assertNotIn("combination_code", answer)

    def test_a_card_number_that_is_refused_loses_nothing(self):
        for word in ("6982", "6A82", "6985", "6A81"):
            self.plan_fault(answer="B2 " + word)
            self.will_type("pin 1234")
            answer = self.ask(LOG_IN)
            self.assertEqual(answer["result"], "0", answer)
            self.assertNotIn("combination_code", answer)

    def test_the_card_number_is_read_before_the_dialog(self):
        self.will_type("cancel")
        self.assertEqual(self.ask(LOG_IN)["result"], "1")
        self.assertIn("B2", [row[2] for row in self.ledger()])

    def test_every_signature_with_its_own_pin(self):
        self.configure("[pin]", "signature_pin = every")
        self.will_type("pin ABC123")
        answer = self.ask(sign(b"one"))
        self.assertEqual(answer["result"], "0")
        self.check_signature(answer, answer["signature"][0], b"one")
        self.expect_pins("ABC123", "ABC123", "ABC123")
        self.assertEqual(len(self.signing_commands()), 1)

    def test_hosts_of_the_configuration(self):
        self.configure("[bridge]", "hosts = login.example", "hosts = local.example:8443")
        self.will_type("pin 1234", "pin 1234")
        self.assertEqual(self.ask(LOG_IN, "https://login.example")["result"], "0")
        self.assertEqual(self.ask(LOG_IN, "https://local.example:8443")["result"], "0")
        self.assertEqual(self.ask(LOG_IN)["result"], "1")

    def test_keeps_pin_and_digest_to_itself(self):
        self.configure("[log]", "level = debug", "file = stderr")
        self.will_type("pin 1234")
        host = self.start()
        self.assertEqual(host.ask(LOG_IN)["result"], "0")
        errors = host.end()[1]
        self.assertIn("debug", errors)
        for secret in ("1234", "31323334", LOG_IN["digest"], hashlib.sha256(b"challenge").hexdigest()):
            self.assertNotIn(secret, errors.lower() if secret.islower() else errors)


if __name__ == "__main__":
    unittest.main()
