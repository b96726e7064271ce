#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is refused before anybody is asked: no dialog, nothing signed, no PIN sent, and words for it."""

import base64
import hashlib
import json
import os
import re
import subprocess
import unittest

from host import ORIGIN, PREFIX, BridgeTest, digest_info, frame

GOOD = digest_info(b"challenge")
LOG_IN = {"mode": "01", "service_id": "01", "digest": GOOD}
HASH = hashlib.sha256(b"challenge").digest()


def encode(data):
    return base64.b64encode(data).decode()


class Refusals(BridgeTest):
    def refuse(self, request, words, origin=ORIGIN):
        self.expect_refusal(self.ask(request, origin), words)
        self.assertEqual(self.dialogs(), [])
        self.assertEqual(self.signing_commands(), [])

    def refuse_bytes(self, data, words):
        host = self.start()
        host.send_bytes(frame(data))
        self.expect_refusal(host.receive(), words)
        self.assertEqual(self.dialogs(), [])
        # The next message is served.
        self.assertEqual(host.ask({"mode": "check"})["result"], "0")

    def test_malformed_messages(self):
        page = json.dumps(json.dumps(LOG_IN))
        for data in (
                b"", b"x", b"null", b"[]", b"{", b'{"request": 1}', b'{"origin": "https://myna.go.jp"}',
                b'{"request": "{}"}', b'{"request": "[]"}', b'{"request": "x"}',
                b'{"request": "{\\"mode\\": 1}"}', b'{"request": "{\\"mode\\": null}"}',
                ('{"request": %s,}' % page).encode(), ('{"request": %s} x' % page).encode(),
                ('// a comment\n{"request": %s}' % page).encode(),
                ('{"request": %s, "request": %s}' % (page, page)).encode(),
                b'{"request": "\xff"}', ('{"request": %s, "origin": "https://myna.go.jp\\u0000"}' % page).encode(), b'{"request": "{\\"mode\\": \\"check\\u0000\\"}"}',
                b'{"request": "{\\"mode\\": \\"05\\", \\"mode\\": \\"check\\"}"}',
                b"[" * 60000):
            with self.subTest(data=data[:60]):
                self.refuse_bytes(data, "no JSON object")

    def test_too_large(self):
        for size in (65537, 2 * 1024 * 1024):
            self.refuse_bytes(b" " * size, "too large: at most 65536 bytes")

    def test_input_that_ends_in_a_message(self):
        for data in (b"\x10", b"\x10\0\0\0", b"\x10\0\0\0{"):
            host = self.start()
            host.send_bytes(data)
            self.assertEqual(host.end()[0], [])
            self.assertEqual(host.process.returncode, 0)

    def test_origins(self):
        for origin in (
                "http://myna.go.jp", "https://www.myna.go.jp", "https://myna.go.jp:8443", "https://myna.go.jp/",
                "https://myna.go.jp.example", "https://example", "https://nta.go.jp", "https://xmyna.go.jp",
                "HTTPS://myna.go.jp", "https://MYNA.go.jp", "https://myna.go.jp\n",
                "null", "", "https://", "file://", "https://" + "a" * 1000, 1, None, ["https://myna.go.jp"]):
            with self.subTest(origin=origin):
                self.refuse(LOG_IN, "[bridge]", origin)

    def test_check_for_a_site_that_is_not_allowed(self):
        self.refuse({"mode": "check"}, "[bridge]", "https://example")

    def test_modes_and_services(self):
        for mode in ("00", "03", "06", "1", "", "001", "Check", "01 "):
            self.refuse({**LOG_IN, "mode": mode}, "does not know")
        for service in ("02", "", 1, None):
            self.refuse({**LOG_IN, "service_id": service}, "service_id")
            self.refuse({**LOG_IN, "mode": "02", "service_id": service}, "service_id")
        self.refuse({"mode": "01", "digest": GOOD}, "service_id")

    def test_what_is_no_digest_info_of_sha256(self):
        wrong = (
            HASH, PREFIX + HASH[:31], PREFIX + HASH + b"\0", b"", PREFIX,
            # SHA-1, SHA-512, parameters left out, a longer form of the length, another tag, plain text
            bytes.fromhex("3021300906052b0e03021a05000414") + HASH[:20],
            bytes.fromhex("3051300d060960864801650304020305000440") + HASH + HASH,
            bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + HASH,
            bytes.fromhex("308131300d06096086480165030402010500") + b"\x04\x20" + HASH[:31],
            b"\x31" + PREFIX[1:] + HASH, PREFIX[:-4] + b"\x05\x01\x04\x20" + HASH, b"A" * 51)
        for digest in [encode(bytes_) for bytes_ in wrong] + [
                GOOD + "\n", " " + GOOD, GOOD[:-1] + "=", GOOD + "====", GOOD[:-1] + "\u3042", GOOD.replace("M", "-", 1),
                None, 5, True, {}, [], [GOOD]]:
            with self.subTest(digest=digest):
                self.refuse({**LOG_IN, "digest": digest}, "no SHA-256 digest")
                if not isinstance(digest, list):
                    self.refuse({**LOG_IN, "mode": "02", "digest": [GOOD, digest]}, "no SHA-256 digest")
        self.refuse({"mode": "01", "service_id": "01"}, "no SHA-256 digest")

    def test_too_many_digests(self):
        for count in (0, 21, 500):
            self.refuse({**LOG_IN, "mode": "02", "digest": [GOOD] * count}, "more than 20")

    def test_no_card(self):
        self.environment["JPKI_VCARD"] = "Reader="
        self.refuse(LOG_IN, "no card")

    def test_no_reader(self):
        self.environment["JPKI_VCARD"] = ""
        self.environment.pop("JPKI_VCARD")
        self.refuse(LOG_IN, "reader")

    def test_two_cards(self):
        self.insert("adult2", "other")
        self.environment["JPKI_VCARD"] += ";" + self.path("other")
        self.refuse(LOG_IN, "more than one")

    def test_another_card(self):
        self.insert("foreign")
        self.refuse(LOG_IN, "not a My Number Card")

    def test_cards_without_what_is_asked_for(self):
        self.insert("child-6a82")
        self.refuse({**LOG_IN, "mode": "02"}, "no certificate")
        self.insert("phone")
        self.refuse({"mode": "04", "service_id": "01"}, "no text application")

    def test_locked(self):
        self.insert("locked-auth")
        self.refuse(LOG_IN, "locked")
        self.insert("locked-sign")
        self.refuse({**LOG_IN, "mode": "02"}, "locked")
        self.insert("text-locked")
        self.refuse({"mode": "04", "service_id": "01"}, "locked")

    def test_locked_text_pin_is_reset_by_the_office_only(self):
        self.insert("text-locked")
        for language, words in (("C.UTF-8", "kiosk"), ("ja_JP.UTF-8", "コンビニ")):
            self.environment["LANG"] = language
            self.assertNotIn(words, self.ask({"mode": "04", "service_id": "01"})["message"])
            details = {item["name"]: item["detail"] for item in self.ask({"mode": "check"}, None)["check"]}
            self.assertNotIn(words, details["text_pin_counter"])

    def test_last_try(self):
        """A person uses it by the command that the refusal names."""
        for persona, request, pin in (
                ("last-try", LOG_IN, "1234"), ("last-try", {**LOG_IN, "mode": "02"}, "ABC123"),
                ("text-last-try", {"mode": "04", "service_id": "01"}, "2468")):
            self.insert(persona)
            for name in ("ledger", "pinentry.log"):
                self.make_file(name)
            self.refuse(request, "One try is left")
            command = re.search('"jpki (pin check [a-z]+)"', self.ask(request)["message"]).group(1)
            self.will_type("pin last try", "pin " + pin)
            ran = subprocess.run(
                [os.environ["JPKI"], *command.split()], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", start_new_session=True, check=False)
            self.assertEqual(ran.returncode, 0, ran.stdout)
            self.expect_pins(pin)

    def test_a_key_that_the_card_does_not_find(self):
        for mode, pin in (("01", "1234"), ("02", "ABC123")):
            for word in ("6A82", "6B00"):
                self.insert(self.persona)
                self.make_file("ledger")
                self.plan_fault(answer="2A " + word)
                self.will_type("pin " + pin)
                answer = self.ask({**LOG_IN, "mode": mode})
                self.assertEqual(answer["result"], "1")
                self.assertNotIn("text application", answer["message"])
                self.assertIn("does not have what was asked for", answer["message"])
                self.expect_card_closed()

    def test_text_that_lacks_a_field(self):
        with open(self.path("card/text-0002"), "rb") as file:
            text = file.read()
        for tag in (b"\xdf\x22", b"\xdf\x23", b"\xdf\x24", b"\xdf\x25"):
            at = text.index(tag)
            size = 3 + text[at + 2]
            short = bytearray(text[:at] + text[at + size:])
            self.assertEqual(short[:2], b"\xff\x20")
            short[2] -= size
            with open(self.path("card/text-0002"), "wb") as file:
                file.write(short)
            self.make_file("ledger")
            self.will_type("pin 2468")
            self.expect_refusal(self.ask({"mode": "04", "service_id": "01"}), "lacks", ["2468"])

    def test_several_documents_where_each_needs_its_own_pin(self):
        self.configure("[pin]", "signature_pin = every")
        self.refuse({**LOG_IN, "mode": "02", "digest": [GOOD, GOOD]}, "one document at a time")

    def test_mistake_in_the_configuration(self):
        for host in ("https://myna.go.jp", "myna.go.jp:443"):
            self.configure("[bridge]", "hosts = " + host)
            self.refuse(LOG_IN, "mistake in the configuration")

    @unittest.skipIf(os.getuid() == 0, "root writes everywhere")
    def test_no_place_for_the_uuid_as_user(self):
        os.chmod(self.path("home"), 0o500)
        self.refuse(LOG_IN, "could not be written")

    def test_no_place_for_the_uuid(self):
        self.environment["HOME"] = "/dev/null"
        self.refuse(LOG_IN, "/dev/null/.local/state/jpki-pkcs11 could not be written")

    def test_no_home(self):
        for home in (None, "", "relative"):
            self.environment.pop("HOME", None)
            if home is not None:
                self.environment["HOME"] = home
            for language, words in (("C.UTF-8", "set HOME to your home folder"), ("ja_JP.UTF-8", "HOME を設定して")):
                self.environment["LANG"] = language
                self.refuse(LOG_IN, words)

    def test_no_place_below_a_home_that_is_no_utf8(self):
        self.environment["HOME"] = "/dev/null/\udcff"
        self.refuse(LOG_IN, "/dev/null/?/.local/state/jpki-pkcs11 could not be written")

    def test_no_place_for_the_lock(self):
        os.makedirs(self.path("home/.local/state/jpki-pkcs11/bridge-lock"))
        self.refuse(LOG_IN, "/.local/state/jpki-pkcs11 could not be written")

    def test_in_japanese(self):
        self.environment["LANG"] = "ja_JP.UTF-8"
        self.refuse(LOG_IN, "このサイトはカードを使えません", "https://example")


if __name__ == "__main__":
    unittest.main()
