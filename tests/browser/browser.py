# SPDX-License-Identifier: Apache-2.0
"""What both browsers have in common: a visit to a site, and what it cost."""

import time

from card import Ledger
from desktop import Answer, xdotool
from place import Failure, wait_for

NO_CERTIFICATE = "No required SSL certificate was sent"
SIGNING_COMMANDS = 6
# By the time that a browser takes: retry counters that are older than five seconds are asked for again.
SPREAD = 9


class Visit:
    """The page that came, the dialogs on the way, and what the card was sent."""

    def __init__(self, place):
        self.browser = place.browser_name
        self.ledger = Ledger(place.work + "/ledger")
        self.prompts = []
        self.pickers = 0
        self.text = ""
        self.seconds = 0

    def end(self, seconds):
        self.seconds = seconds
        self.logins = self.ledger.logins()
        self.signatures = self.ledger.signatures()
        self.commands = len(self.ledger.lines())

    def roles(self):
        return [prompt.role for prompt in self.prompts]

    def __str__(self):
        return "%d lists, prompts %s, log-ins %s, %d signatures, %d commands, %.1f s: %s" % (
            self.pickers, self.roles(), self.logins, self.signatures, self.commands,
            self.seconds, self.text[:120].replace("\n", " "))

    def _expect(self, what, value, wanted):
        if value != wanted:
            raise Failure("%s: %s, not %s (%s)" % (what, value, wanted, self))

    def _expect_commands(self, wanted):
        if isinstance(wanted, dict):
            wanted = wanted[self.browser]
        low, high = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        if high > 0:
            low, high = low - SPREAD, high + SPREAD
        # What a second signature takes is left out.
        number = self.commands - SIGNING_COMMANDS * max(self.signatures - 1, 0)
        if not low <= number <= high:
            raise Failure("%d commands, not %s (%s)" % (number, wanted, self))

    def expect(self, prompts=(), logins=(), commands=None, pickers=None, signatures=None):
        """The PINs that were asked for, by slot, those that were sent, and how many commands that took.

        commands, with one signature at most, is 0, a number, or (least, most), give or take SPREAD;
        {"firefox": ..., "chromium": ...} where the browsers differ.
        """
        self._expect("prompts", self.roles(), list(prompts))
        self._expect("log-ins", self.logins, list(logins))
        if pickers is not None:
            self._expect("lists of certificates", self.pickers, pickers)
        if signatures is not None:
            self._expect("signatures", self.signatures, signatures)
        elif "SUCCESS" in self.text:
            # Firefox may connect anew once its dialogs are answered, Chromium in advance.
            self._expect("one or two signatures", self.signatures in (1, 2), True)
        if commands is not None:
            self._expect_commands(commands)
        return self

    def expect_page(self, *words):
        """The site let the card's holder in, and says these words."""
        for word in ("SUCCESS", *words):
            if word not in self.text:
                raise Failure("the page does not say %s: %s" % (word, self))
        return self

    def expect_refused(self):
        """The server got no certificate, or the browser shows its own error."""
        if "SUCCESS" in self.text:
            raise Failure("let in: %s" % self)
        if NO_CERTIFICATE not in self.text and not self.text.startswith("error page"):
            raise Failure("neither refused nor let in: %s" % self)
        return self


class Browser:
    """One running browser: subclasses start it and speak with it."""

    private_keys = ""  # that open a private window

    def __init__(self, place):
        self.place = place
        self.visits = 0

    def visit(self, url, *answers, name="page", row=0, seconds=60):
        """Loads the page; the answers go to the prompts in turn, Cancel to any further one.

        row is that of the certificate to take, where there is a list.
        """
        self.visits += 1
        url += "?%03d" % self.visits
        answers = [answer if isinstance(answer, Answer) else Answer(answer) for answer in answers]
        visit = Visit(self.place)
        start = since = time.monotonic()
        self.place.desktop.start_looking()
        self.navigate(url)
        # So many seconds after the last dialog.
        while not visit.text and time.monotonic() < since + seconds:
            if self._answer(visit, answers):
                since = time.monotonic()
                continue
            visit.text = self.page(url)
            if not visit.text and self._pick(visit, row):
                since = time.monotonic()
            time.sleep(0.25)
        time.sleep(0.3)
        while self._answer(visit, answers):
            pass
        visit.end(time.monotonic() - start)
        self.place.desktop.picture(name)
        print("%s: %s: %s" % (self.place.name, name, visit), flush=True)
        return visit

    def _answer(self, visit, answers):
        """Whether there was a prompt."""
        window = self.place.desktop.find_prompt()
        if window:
            answer = answers.pop(0) if answers else Answer(None)
            visit.prompts.append(self.place.desktop.answer_prompt(window, answer))
        return bool(window)

    def _pick(self, visit, row):
        """Whether there was a list of certificates."""
        if not self.place.desktop.find_picker():
            return False
        visit.pickers += 1
        for _ in range(row):
            self.next_row()
        xdotool("key", "Return")
        return True

    def next_row(self):
        """In the list of certificates."""
        xdotool("key", "Down")
        time.sleep(0.3)

    def private_window(self):
        """Opens one as a person does; further visits are there."""
        before = self.windows()
        xdotool("key", self.private_keys)
        new = wait_for(lambda: [one for one in self.windows() if one not in before], "private window")
        self.switch_to(new[0])
        time.sleep(1)
