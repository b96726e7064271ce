# SPDX-License-Identifier: Apache-2.0
"""jpki-bridge, spoken to as a browser does, on a virtual card, with a scripted pinentry."""

import base64
import hashlib
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ORIGIN = "https://myna.go.jp"
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def digest_info(data):
    """The DigestInfo of DATA's SHA-256, in base64."""
    return base64.b64encode(PREFIX + hashlib.sha256(data).digest()).decode()


def frame(data):
    return struct.pack("=I", len(data)) + data


def is_alive(pid):
    """Not for a process that has ended and that nobody has waited for."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def blocks_signal(pid, number):
    """Whether the process waits for the signal itself by now, by signalfd."""
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        blocked = next(line.split()[1] for line in status if line.startswith("SigBlk:"))
    return bool(int(blocked, 16) >> (number - 1) & 1)


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not within %s s: %s" % (seconds, what))
        time.sleep(0.02)


class Host:
    """One process, and the pipes to it."""

    def __init__(self, environment, **options):
        self.waits = []  # seconds that it asked the extension for
        self.process = subprocess.Popen(
            [os.environ["JPKI_BRIDGE"], "chrome-extension://fbgefdcnibholnhlglicmhfggndjgkeo/"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, bufsize=0,
            **options)

    def send_bytes(self, data):
        self.process.stdin.write(data)

    def send(self, request, origin=ORIGIN):
        """REQUEST as the page sends it: an object, or any text."""
        message = {"request": request if isinstance(request, str) else json.dumps(request)}
        if origin is not None:
            message["origin"] = origin
        self.send_bytes(frame(json.dumps(message).encode()))

    def _read(self, size, end):
        data = b""
        while len(data) < size:
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("no answer")
            part = self.process.stdout.read(size - len(data))
            if not part:
                return None
            data += part
        return data

    def receive(self, seconds=20):
        """Its answer; None where it ended without one."""
        end = time.monotonic() + seconds
        while True:
            head = self._read(4, end)
            if head is None:
                return None
            answer = json.loads(self._read(struct.unpack("=I", head)[0], end))
            if list(answer) != ["wait"]:
                return answer
            self.waits.append(answer["wait"])

    def ask(self, request, origin=ORIGIN):
        self.send(request, origin)
        return self.receive()

    def close_input(self):
        """What a browser does when the page is left, or when it ends."""
        self.process.stdin.close()

    def end(self, seconds=5):
        """Closes its input; the answers that nobody has read, and what it wrote to standard error."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        rest = []
        while (answer := self.receive()) is not None:
            rest.append(answer)
        errors = self.process.stderr.read().decode()
        self.process.wait(seconds)
        self.process.stdout.close()
        self.process.stderr.close()
        return rest, errors


class BridgeTest(unittest.TestCase):
    """With a folder of its own, a card in it, and what pinentry is to answer."""

    persona = "adult"

    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="jpki-bridge-")
        self.addCleanup(shutil.rmtree, self.work)
        self.hosts = []
        self.addCleanup(self._end_hosts)
        os.mkdir(self.path("home"))
        os.mkdir(self.path("bin"))
        os.symlink(HERE + "/pinentry", self.path("bin/pinentry"))
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ},
            "HOME": self.path("home"),
            "JPKI_PKCS11_CONF": os.environ["JPKI_PKCS11_CONF"],
            "JPKI_VCARD": self.path("card"),
            "JPKI_VCARD_LEDGER": self.path("ledger"),
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": os.environ["JPKI_VCARD_LIB"],
            "PINENTRY_LOG": self.path("pinentry.log"),
            "PINENTRY_SCRIPT": self.path("pinentry.script"),
        }
        self.environment["PATH"] = self.path("bin") + ":" + self.environment["PATH"]
        self.insert(self.persona)
        self.will_type()
        for name in ("ledger", "pinentry.log"):
            with open(self.path(name), "w", encoding="utf-8"):
                pass

    def path(self, name):
        return os.path.join(self.work, name)

    def _end_hosts(self):
        for host in self.hosts:
            if host.process.poll() is None:
                host.process.kill()
            if not host.process.stdout.closed:
                host.end()

    def insert(self, persona, name="card"):
        shutil.rmtree(self.path(name), ignore_errors=True)
        subprocess.run([HERE + "/../vcard/persona-copy.sh", persona, self.path(name)], check=True)

    def configure(self, *lines):
        """What meson configured, and these lines."""
        with open(os.environ["JPKI_PKCS11_CONF"], encoding="utf-8") as common:
            text = common.read()
        path = self.path("jpki-pkcs11.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n".join(lines) + "\n")
        self.environment["JPKI_PKCS11_CONF"] = path

    def preload(self, variable):
        """The library it names, by a path without spaces, at which ld.so splits LD_PRELOAD."""
        if not self.exists(variable):
            os.symlink(os.environ[variable], self.path(variable))
        self.environment["LD_PRELOAD"] = self.path(variable)

    def plan_fault(self, **faults):
        """What becomes of the card in the host, as in tests/tool/card_fault.c."""
        if os.environ["JPKI_SANITIZE"] != "none":
            self.skipTest("a sanitizer's library has to come first")
        self.preload("JPKI_CARD_FAULT_LIB")
        self.environment.update({"JPKI_CARD_" + name.upper(): value for name, value in faults.items()})

    def exists(self, name):
        return os.path.exists(self.path(name))

    def make_file(self, name):
        with open(self.path(name), "w", encoding="ascii"):
            pass

    def will_type(self, *acts):
        """What the person does, as in pinentry."""
        with open(self.path("pinentry.script"), "w", encoding="utf-8") as script:
            script.writelines(act + "\n" for act in acts)

    def start(self, **options):
        host = Host(self.environment, **options)
        self.hosts.append(host)
        return host

    def ask(self, request, origin=ORIGIN):
        return self.start().ask(request, origin)

    def lines(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read().splitlines()

    def dialogs(self):
        """The process of each pinentry that was started."""
        return [int(line.split()[0]) for line in self.lines("pinentry.log") if line.endswith(" START")]

    def told(self, command):
        """What pinentry was told by COMMAND, each time."""
        start = " %s " % command
        text = "\n".join(self.lines("pinentry.log"))
        return [part.split(start, 1)[1] for part in self._entries(text) if start in part.split("\n")[0]]

    @staticmethod
    def _entries(text):
        """Entries of the log, which may be of several lines."""
        entries = []
        for line in text.split("\n"):
            if line.split(" ", 1)[0].isdigit() and " " in line:
                entries.append(line)
            elif entries:
                entries[-1] += "\n" + line
        return entries

    def replace_pinentry(self, path):
        os.unlink(self.path("bin/pinentry"))
        os.symlink(path, self.path("bin/pinentry"))

    def wrap_pinentry(self):
        """As a person's own script would that ends with "exit"."""
        with open(self.path("wrapper"), "w", encoding="utf-8") as script:
            script.write('#!/bin/sh\n"%s/pinentry" "$@"\nexit $?\n' % HERE)
        os.chmod(self.path("wrapper"), 0o755)
        self.replace_pinentry(self.path("wrapper"))

    def wait_for_dialog(self):
        wait_until(lambda: any(line.endswith(" GETPIN") for line in self.lines("pinentry.log")), 20, "a dialog")
        return self.dialogs()[-1]

    def ledger(self):
        return [line.split() for line in self.lines("ledger")]

    def commands(self):
        """Without what powers the card on and off."""
        return [row for row in self.ledger() if len(row) > 8]

    def sent_pins(self):
        """The PINs that the card was sent, in their order."""
        return [bytes.fromhex(row[10]).decode() for row in self.ledger()
                if row[2] == "20" and row[5] not in ("0", "-")]

    def signing_commands(self):
        """Those that gave a signature: one that cannot finds out whether the card is logged out."""
        return [row for row in self.ledger() if row[2] == "2A" and row[8] == "9000"]

    def expect_pins(self, *pins):
        self.assertEqual(self.sent_pins(), list(pins))
        self.expect_card_closed()

    def expect_card_closed(self):
        """The card is verified after VERIFY and until the log-out, never at the end."""
        rows = self.ledger()
        if rows:
            letters = rows[-1][9] if len(rows[-1]) > 9 else rows[-1][-1]
            self.assertNotRegex(letters, "[AST]")

    def expect_refusal(self, answer, words, pins=()):
        """WORDS are in the answer, nothing else is; the card was sent no more than PINS."""
        self.assertEqual(sorted(answer), ["message", "result"], answer)
        self.assertEqual(answer["result"], "1")
        self.assertIn(words, answer["message"])
        self.expect_pins(*pins)

    def check_signature(self, answer, signature, data):
        """By openssl, as the page's server does."""
        pad = "=" * (-len(answer["certificate"]) % 4)
        with open(self.path("cert.der"), "wb") as file:
            file.write(base64.b64decode(answer["certificate"] + pad, validate=True))
        with open(self.path("signature"), "wb") as file:
            file.write(base64.b64decode(signature, validate=True))
        with open(self.path("data"), "wb") as file:
            file.write(data)
        key = subprocess.run(
            ["openssl", "x509", "-inform", "DER", "-in", self.path("cert.der"), "-noout", "-pubkey"],
            check=True, stdout=subprocess.PIPE).stdout
        with open(self.path("key.pem"), "wb") as file:
            file.write(key)
        subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", self.path("key.pem"), "-signature", self.path("signature"),
             self.path("data")], check=True, stdout=subprocess.DEVNULL)
