#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a process is like that a browser started, as seen from outside."""

import os
import pty
import resource
import signal
import subprocess
import unittest

from host import BridgeTest, digest_info, wait_until

LOG_IN = {"mode": "01", "service_id": "01", "digest": digest_info(b"challenge")}
GROUP = 4711  # of nobody: what may be dumped belongs to its process's user and group


class Process(BridgeTest):
    def start_asked(self, **options):
        """Once it has answered something it is as it stays."""
        host = self.start(**options)
        self.assertEqual(host.ask({})["result"], "1")
        return host

    @staticmethod
    def read(host, name):
        with open("/proc/%d/%s" % (host.process.pid, name), encoding="utf-8") as file:
            return dict(line.rstrip("\n").split(None, 1) for line in file if len(line.split()) > 1)

    def test_nothing_is_open_that_the_browser_left_open(self):
        left = os.open(self.path("ledger"), os.O_RDONLY)
        self.addCleanup(os.close, left)
        high = 1500  # a browser may have more than 1024
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard > high >= soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (high + 1, hard))
        os.dup2(left, high)
        self.addCleanup(os.close, high)
        host = self.start_asked(pass_fds=(left, high))
        folder = "/proc/%d/fd" % host.process.pid
        for number in os.listdir(folder):
            self.assertNotEqual(os.readlink("%s/%s" % (folder, number)), self.path("ledger"), number)

    def test_leaves_no_core_file(self):
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        if hard == 0:
            self.skipTest("core files are forbidden here")
        host = self.start_asked(
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
        self.assertEqual(resource.prlimit(host.process.pid, resource.RLIMIT_CORE), (0, 0))

    def test_cannot_be_traced_by_its_user(self):
        """Its folder in /proc belongs to root then (proc(5), PR_SET_DUMPABLE)."""
        options = {"group": GROUP, "extra_groups": []} if os.getuid() == 0 else {}
        other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, **options)
        self.addCleanup(other.wait)
        self.addCleanup(other.stdin.close)
        host = self.start_asked(**options)

        def owner(pid):
            status = os.stat("/proc/%d/environ" % pid)
            return status.st_uid, status.st_gid

        wait_until(lambda: os.readlink("/proc/%d/exe" % other.pid).endswith("/cat"), 5, "cat")
        self.assertNotEqual(owner(other.pid), (0, 0))
        self.assertEqual(owner(host.process.pid), (0, 0))

    def test_ignores_sigpipe(self):
        """Firefox starts it so, Chromium does not."""
        ignored = int(self.read(self.start_asked(), "status")["SigIgn:"], 16)
        self.assertTrue(ignored & 1 << (signal.SIGPIPE - 1))

    def test_waits_for_its_children(self):
        """Though it was started with SIGCHLD ignored, where wait(2) tells of none."""
        self.will_type("pin 1234")
        host = self.start_asked(preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertFalse(int(self.read(host, "status")["SigIgn:"], 16) & 1 << (signal.SIGCHLD - 1))
        self.assertEqual(host.ask(LOG_IN)["result"], "0")

    def test_nobody_reads_the_answer(self):
        """It ends by itself and leaves the card logged out."""
        self.will_type("late %s 1234" % self.path("go"))
        host = self.start()
        host.send(LOG_IN)
        self.wait_for_dialog()
        host.process.stdout.close()
        self.make_file("go")
        self.assertEqual(host.process.wait(20), 0)
        self.expect_card_closed()

    def test_a_person_without_options_is_told_how_to_use_it(self):
        mine, its = pty.openpty()
        self.addCleanup(os.close, mine)
        try:
            ran = subprocess.run(
                [os.environ["JPKI_BRIDGE"]], stdin=its, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=self.environment, encoding="utf-8", timeout=20, check=False)
        finally:
            os.close(its)
        self.assertEqual((ran.returncode, ran.stdout), (1, ""))
        self.assertIn("Usage: jpki-bridge", ran.stderr)


if __name__ == "__main__":
    unittest.main()
