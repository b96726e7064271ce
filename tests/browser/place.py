# SPDX-License-Identifier: Apache-2.0
"""Where a browser test runs: namespaces of its own with a private pcscd.

run() starts the test once more inside of tests/daemon/with-pcscd.sh. There /usr
and /etc are covered by layers that go with the namespaces, the module is
installed as the README says, and a window system and the web servers are started.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from card import Card
from desktop import Desktop
from pcsc import has_card
from servers import Servers

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
PROGRAMS = {
    "all": ["apache2", "import", "nginx", "openbox", "openssl", "pkcs11-tool", "tesseract", "Xvfb", "xdotool"],
    "chromium": ["chromium", "certutil", "modutil"],
    "firefox": ["firefox-esr", "certutil"],
}


# For one second NSS does not ask again whether a token is present (NSSSLOT_TOKEN_DELAY_TIME).
TOKEN_DELAY = 1.1


class Failure(Exception):
    """What a test expected did not hold."""


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def wait_for(condition, what, seconds=30):
    """What condition() gives as soon as that is true; a Failure after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise Failure("timeout: " + what)


def is_running(pid):
    """Not for a process that has ended and that nobody has waited for."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def has_program(name):
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")


def copy_persona(name, folder):
    subprocess.run([TESTS + "/vcard/persona-copy.sh", name, folder], check=True)
    return folder


def enter(personas, browser):
    """Runs this program inside, with these cards in the first readers."""
    for name in PROGRAMS["all"] + PROGRAMS[browser]:
        has_program(name) or skip("no " + name)
    work = tempfile.mkdtemp(prefix="jpki-browser-")
    try:
        cards = []
        for number, name in enumerate(personas):
            folder = "%s/card%d" % (work, number)
            cards.append(copy_persona(name, folder) if name else "")
        os.environ["JPKI_BROWSER_WORK"] = work
        os.environ["JPKI_VCARD_LEDGER"] = work + "/ledger"
        inside = [TESTS + "/daemon/with-pcscd.sh", *cards, "--", sys.executable, *sys.argv]
        return subprocess.run(inside, check=False).returncode
    finally:
        shutil.rmtree(work, ignore_errors=True)


def cover(work, folder):
    """Lets the folder be changed for the processes of these namespaces only."""
    upper, scratch = work + "/layers/upper" + folder, work + "/layers/work" + folder
    os.makedirs(upper)
    os.makedirs(scratch)
    options = "lowerdir=%s,upperdir=%s,workdir=%s" % (folder, upper, scratch)
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, folder]
    if subprocess.run(mount, check=False).returncode:
        skip("no overlay file system")


class Place:
    """What a test is given: the cards, the desktop, the sites, the browser."""

    def __init__(self, work, browser):
        self.work = work
        self.name = re.sub("^test-|[.]py$", "", os.path.basename(sys.argv[0])) + "-".join(["", *sys.argv[1:]])
        kept = os.environ.get("JPKI_BROWSER_ARTEFACTS")
        self.artefacts = os.path.join(kept or work + "/artefacts", self.name)
        shutil.rmtree(self.artefacts, ignore_errors=True)
        os.makedirs(self.artefacts)
        self._cover()
        self._install()
        self.cards = [Card(self, number) for number in range(2)]
        self.card = self.cards[0]
        self.desktop = Desktop(self)
        self.servers = Servers(self)
        self.browser_name = browser
        self.browser = None

    def _cover(self):
        os.makedirs(self.work + "/layers")
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", self.work + "/layers"], check=True)
        cover(self.work, "/usr")
        cover(self.work, "/etc")
        with open("/etc/hosts", "w", encoding="ascii") as file:
            file.write("127.0.0.1 localhost other.test third.test\n")
        # Where the loopback address is the only one, a look-up with AI_ADDRCONFIG,
        # as Firefox's, finds no host in that file (glibc 2.41).
        subprocess.run(["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], check=True)

    def _install(self):
        build = os.environ.get("JPKI_BUILD")  # none: a package was installed
        if build:
            with open(self.work + "/install.log", "w", encoding="utf-8") as log:
                command = ["meson", "install", "-C", build, "--no-rebuild", "--only-changed"]
                subprocess.run(command, check=True, stdout=log, stderr=log)
        # The CAs of the personas, and a log to look at.
        conf = self.work + "/personas.conf"
        with open(os.environ["JPKI_PKCS11_CONF"], encoding="utf-8") as file:
            lines = file.read()
        with open(conf, "w", encoding="utf-8") as file:
            file.write(lines + "\n[log]\nlevel = debug\nfile = %s/module.log\n" % self.artefacts)
        os.environ["JPKI_PKCS11_CONF"] = conf

    def start_browser(self, **options):
        """The browser of this test; a second call ends the one before."""
        from chromium import Chromium
        from firefox import Firefox

        if self.browser:
            self.browser.quit()
        kind = {"chromium": Chromium, "firefox": Firefox}[self.browser_name]
        self.browser = kind(self, **options)
        return self.browser

    def logged(self, words):
        """The lines with these words of the module's log, by the process that logged last, the browser's."""
        with open(self.artefacts + "/module.log", encoding="utf-8") as file:
            lines = file.read().splitlines()
        process = lines[-1].split()[1]
        return [line for line in lines if line.split()[1] == process and words in line]

    def expect_warnings(self, *wanted):
        """The module warned once of each of these."""
        for words in wanted:
            warnings = [line for line in self.logged(" warn: ") if words in line]
            if len(warnings) != 1:
                raise Failure("%d warnings say %s" % (len(warnings), words))

    def card_digits(self):
        """The four digits in the labels of the card in each reader."""
        command = ["pkcs11-tool", "--module", os.environ["JPKI_MODULE"], "-L"]
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return re.findall(r"JPKI Auth .*([0-9A-F]{4})$", listing, re.M)

    def wait_for_card(self, number, is_in):
        """Until pcscd says so of the reader with this number, and NSS asks anew."""
        reader = os.environ["JPKI_READER%d" % number]
        wait_for(lambda: has_card(reader) is is_in, "a card in %s: %s" % (reader, is_in))
        time.sleep(TOKEN_DELAY)

    def stop_pcscd(self):
        """Returns when it has ended and NSS asks anew."""
        with open(os.environ["JPKI_PCSCD_PIDFILE"], encoding="ascii") as file:
            pid = int(file.read())
        os.kill(pid, 15)
        wait_for(lambda: not is_running(pid), "pcscd ends")
        time.sleep(TOKEN_DELAY)

    def start_pcscd(self):
        """Returns when the first reader has its card and NSS asks anew."""
        subprocess.run([os.environ["JPKI_PCSCD_START"]], check=True)
        self.wait_for_card(0, True)


def inside(test, browser, work):
    place = Place(work, browser)
    try:
        test(place)
    except (Failure, OSError, RuntimeError) as failure:
        place.desktop.picture("failure")
        print("FAIL: %s: %s" % (place.name, failure))
        return 1
    finally:
        if place.browser:
            place.browser.quit()
        shutil.copy(work + "/ledger", place.artefacts)
        place.servers.keep_logs(place.artefacts)
    print("ok")
    return 0


def run(test, personas=("adult",)):
    """Runs test(place) with the browser that the command line names."""
    browser = sys.argv[1]
    work = os.environ.pop("JPKI_BROWSER_WORK", None)
    sys.exit(inside(test, browser, work) if work else enter(personas, browser))
