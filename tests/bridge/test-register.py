#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files by which browsers find jpki-bridge, and the extension that they belong to."""

import base64
import hashlib
import json
import os
import re
import subprocess
import unittest
import zipfile

from host import HERE, BridgeTest

EXTENSION = os.path.join(HERE, "../../tool/bridge/extension")
PLACES = {
    ".mozilla/native-messaging-hosts": "allowed_extensions",
    ".config/chromium/NativeMessagingHosts": "allowed_origins",
    ".config/google-chrome/NativeMessagingHosts": "allowed_origins",
}


def read_extension(name):
    with open(os.path.join(EXTENSION, name), encoding="utf-8") as file:
        return file.read()


class Register(BridgeTest):
    def setUp(self):
        super().setUp()
        self.manifest = json.loads(read_extension("manifest.json"))

    def run_program(self, *command, status=0):
        ran = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            check=False)
        self.assertEqual(ran.returncode, status, ran.stdout)
        return ran.stdout

    def run_jpki(self, *arguments, status=0):
        return self.run_program(os.environ["JPKI"], *arguments, status=status)

    def run_bridge(self, *arguments, status=0):
        return self.run_program(os.environ["JPKI_BRIDGE"], *arguments, status=status)

    def files(self):
        return {place: self.path("home/%s/jpki_pkcs11.bridge.json" % place) for place in PLACES}

    def chromium_id(self):
        """Of the extension's key, as Chromium makes it."""
        digest = hashlib.sha256(base64.b64decode(self.manifest["key"])).hexdigest()[:32]
        return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)

    def test_register(self):
        said = self.run_jpki("register", "bridge")
        allowed = {
            "allowed_extensions": [self.manifest["browser_specific_settings"]["gecko"]["id"]],
            "allowed_origins": ["chrome-extension://%s/" % self.chromium_id()],
        }
        for place, path in self.files().items():
            self.assertIn(path, said)
            with open(path, encoding="utf-8") as file:
                manifest = json.load(file)
            # Firefox refuses a file with any other key.
            self.assertEqual(set(manifest), {"name", "description", "path", "type", PLACES[place]})
            self.assertEqual(manifest["name"], "jpki_pkcs11.bridge")
            self.assertEqual(manifest["type"], "stdio")
            self.assertTrue(manifest["path"].endswith("/jpki-bridge"))
            self.assertEqual(manifest[PLACES[place]], allowed[PLACES[place]])

    def test_says_how_the_extension_is_loaded(self):
        for language, firefox in (("C.UTF-8", "other editions do not"), ("ja_JP.UTF-8", "ほかのエディションではできません")):
            self.environment["LANG"] = language
            said = self.run_jpki("register", "--dry-run", "bridge")
            for words in ("/chromium-extension", "/jpki-bridge.xpi", "about:debugging", "Firefox ESR",
                          "xpinstall.signatures.required", firefox):
                self.assertIn(words, said)
        self.assertNotIn("xpi", self.run_jpki("unregister", "bridge"))

    def test_a_dry_run_writes_nothing(self):
        for options, start in ((), self.path("home")), (("--system",), "/"):
            said = self.run_jpki("register", "--dry-run", *options, "bridge")
            for folder in ("mozilla/native-messaging-hosts", "chromium", "chrome"):
                self.assertRegex(said, "made: %s.*%s.*/jpki_pkcs11.bridge.json" % (start, folder))
        self.assertEqual(os.listdir(self.path("home")), [])

    def test_unregister(self):
        self.run_jpki("register", "bridge")
        self.assertEqual(self.run_jpki("register", "bridge").count("is registered already"), len(PLACES))
        said = self.run_jpki("unregister", "bridge")
        for path in self.files().values():
            self.assertIn(path, said)
            self.assertFalse(os.path.exists(path))
        self.assertEqual(self.run_jpki("unregister", "bridge").count("not registered"), len(PLACES))

    def test_only_by_name(self):
        """A web site's way to the card is nobody's default."""
        self.assertNotIn("jpki_pkcs11.bridge", self.run_jpki("register", "--dry-run", status=1))
        self.run_jpki("register", "bridge")
        self.run_jpki("unregister")
        for path in self.files().values():
            self.assertFalse(os.path.exists(path))

    def test_what_cannot_be_written_is_told(self):
        with open(self.path("home/.mozilla"), "w", encoding="utf-8"):
            pass
        said = self.run_jpki("register", "bridge", status=4)
        self.assertIn(self.files()[".mozilla/native-messaging-hosts"] + ": Not a directory", said)
        self.assertTrue(os.path.exists(self.files()[".config/chromium/NativeMessagingHosts"]))

    def test_usage(self):
        self.assertRegex(self.run_bridge("--version"), "^jpki-bridge [0-9.]+\n$")
        self.assertIn("jpki register bridge", self.run_bridge("--help"))
        self.assertIn("Usage", self.run_bridge("--no-such", status=1))
        self.assertIn("Usage", self.run_bridge("--register", status=1))

    def test_never_under_the_names_of_others(self):
        names = re.findall(r'"([\w.]+)"', read_extension("background.js"))
        self.assertIn("jpki_pkcs11.bridge", names)
        for name in names:
            self.assertNotIn(name, ("jp.go.myna", "com.github.jpki.mpa", "nta.chrome.ext"))

    def test_extension_and_host_serve_the_same_hosts(self):
        with open(os.path.join(HERE, "../../packaging/jpki-pkcs11.conf"), encoding="utf-8") as file:
            hosts = re.search("^#hosts = (.*)$", file.read(), re.MULTILINE).group(1).split()
        matches = ["https://%s/*" % host for host in hosts]
        self.assertEqual(self.manifest["host_permissions"], matches)
        for script in self.manifest["content_scripts"]:
            self.assertEqual(script["matches"], matches)
            self.assertNotIn("all_frames", script)

    def test_extension_asks_for_no_more_than_it_needs(self):
        self.assertEqual(self.manifest["permissions"], ["nativeMessaging", "scripting", "storage"])
        self.assertNotIn("web_accessible_resources", self.manifest)
        self.assertNotIn("externally_connectable", self.manifest)

    def test_extension_speaks_both_languages(self):
        english, japanese = (json.loads(read_extension("_locales/%s/messages.json" % name)) for name in ("en", "ja"))
        self.assertEqual(set(english), set(japanese))
        used = set(re.findall(r'data-words="(\w+)"', read_extension("popup.html") + read_extension("options.html")))
        used |= set(re.findall(r"__MSG_(\w+)__", read_extension("manifest.json")))
        self.assertEqual(used - set(english), set())

    def test_package(self):
        with zipfile.ZipFile(os.environ["JPKI_BRIDGE_XPI"]) as package:
            self.assertEqual(
                sorted(package.namelist()),
                sorted(os.path.relpath(os.path.join(where, name), EXTENSION)
                       for where, _, names in os.walk(EXTENSION) for name in names))
            self.assertEqual(json.loads(package.read("manifest.json")), self.manifest)


if __name__ == "__main__":
    unittest.main()
