# SPDX-License-Identifier: Apache-2.0
"""A screen with a window manager, and somebody who answers its dialogs."""

import os
import re
import subprocess
import time

# The window that asks for a PIN, by its title.
PROMPT = "^(Password Required - .*|Unlock Security Device)$"
# What the list of certificates says, which is no window of its own.
PICKER = re.compile("Select a certificate|Select the certificate|requested that you identify", re.I)
LABEL = re.compile(r"JPK. ?(Auth|Sign) ?\([^)]*\) ?(\w{4})?")


def output_of(*command):
    return subprocess.run(command, check=False, capture_output=True).stdout


def xdotool(*arguments):
    return output_of("xdotool", *map(str, arguments)).decode().split()


class Prompt:
    """A dialog for a PIN: the token that it names, and the text as read."""

    def __init__(self, text):
        self.text = text
        label = LABEL.search(text)
        self.role = label.group(1).lower() if label else "?"
        self.digits = label.group(2) or "" if label else ""


class Answer:
    """To one prompt: a PIN, or one for each card by its four digits, or None for Cancel.

    before() is called while the prompt is open.
    """

    def __init__(self, pin, before=None):
        self.pin = pin
        self.before = before

    def to(self, prompt):
        if not isinstance(self.pin, dict):
            return self.pin
        # One of them may have been misread.
        return self.pin[max(self.pin, key=lambda digits: sum(map(str.__eq__, digits, prompt.digits)))]


class Desktop:
    """Sees what a person sees: it reads pictures of the windows."""

    def __init__(self, place):
        self.place = place
        self.pictures = 0
        self.start_looking()
        self._start()

    def _start(self):
        # The numbers of displays are shared with those outside of the namespaces.
        os.makedirs("/tmp/.X11-unix", exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/tmp/.X11-unix"], check=True)
        os.environ["DISPLAY"] = ":1"
        with open(self.place.work + "/display.log", "w", encoding="utf-8") as log:
            for command in (
                ["Xvfb", ":1", "-nolock", "-nolisten", "tcp", "-screen", "0", "1280x900x24"],
                ["openbox"],
            ):
                subprocess.Popen(command, stdout=log, stderr=log)
                while not xdotool("getmouselocation"):
                    time.sleep(0.05)

    def picture(self, name, window="root"):
        """Keeps a picture; its path."""
        self.pictures += 1
        path = "%s/%02d-%s.png" % (self.place.artefacts, self.pictures, name)
        output_of("import", "-window", window, path)
        return path

    @staticmethod
    def text(path, size=250):
        big = path[:-4] + ".pnm"
        output_of("convert", path, "-colorspace", "Gray", "-resize", "%d%%" % size, big)
        # One thread: several would wait for each other, and keep a busy machine's processors with it.
        words = output_of("env", "OMP_THREAD_LIMIT=1", "tesseract", big, "-", "--psm", "6").decode().split()
        os.remove(big)
        return " ".join(words)

    def start_looking(self):
        """For a list of certificates, which may look like that of the visit before to a pixel."""
        self.seen = None
        self.read = None

    def find_prompt(self):
        windows = xdotool("search", "--onlyvisible", "--name", PROMPT)
        return windows[0] if windows else None

    def find_picker(self):
        """Whether the picture, once it rests, shows the list of certificates."""
        # Below the tabs, of which one moves while it loads.
        now = output_of("import", "-window", "root", "-crop", "1100x700+90+150", "gray:-")
        rests, self.seen = now == self.seen, now
        if not rests or now == self.read:
            return False
        self.read = now
        path = self.picture("picker")
        # What is misread in one size is read in another.
        if PICKER.search(self.text(path)) or PICKER.search(self.text(path, 150)):
            return True
        os.remove(path)
        self.pictures -= 1
        return False

    def answer_prompt(self, window, answer):
        time.sleep(0.4)  # a person looks first; the keys would get lost
        prompt = Prompt(self.text(self.picture("prompt", window)))
        if answer.before:
            answer.before()
        xdotool("windowfocus", "--sync", window)
        pin = answer.to(prompt)
        if pin is None:
            xdotool("key", "Escape")
        else:
            xdotool("type", "--delay", 30, "--", pin)
            xdotool("key", "Return")
        for _ in range(40):
            if window not in xdotool("search", "--onlyvisible", "--name", PROMPT):
                break
            time.sleep(0.1)
        return prompt
