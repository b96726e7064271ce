#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Firefox's window for security devices logs in and out and changes the PIN; the page then needs it, or none."""

import time

from card import Ledger
from desktop import Answer, xdotool
from place import Failure, run, wait_for

WINDOW = "let w = Services.wm.getMostRecentWindow('navigator:browser');"
OPEN = WINDOW + """
w.setTimeout(() => {
  w.devices = w.openDialog('chrome://pippki/content/device_manager.xhtml', '', 'chrome,width=900,height=500');
}, 50);
Services.ww.registerNotification({observe(window, topic) {
  if (topic == 'domwindowopened') w.opened = window;
}});"""
ROWS = WINDOW + """
let tree = w.devices && w.devices.document.getElementById('device_tree');
return tree && tree.view ? tree.view.rowCount : 0;"""
# Selects the row with this name and presses the button a moment later.
PRESS = WINDOW + """
let [name, button] = arguments, document = w.devices.document, tree = document.getElementById('device_tree');
for (let i = 0; i < tree.view.rowCount; i++)
  if (tree.view.getCellText(i, tree.columns.getFirstColumn()) == name)
    tree.view.selection.select(i);
w.devices.setTimeout(() => document.getElementById(button).click(), 300);"""
FILL = WINDOW + """
let window = w.opened, document = window.document;
['oldpw', 'pw1', 'pw2'].forEach((id, i) => {
  document.getElementById(id).value = arguments[i];
  document.getElementById(id).dispatchEvent(new window.Event('input', {bubbles: true}));
});
window.setTimeout(() => document.querySelector('dialog').acceptDialog(), 500);"""
CHANGE_IS_OPEN = WINDOW + "return Boolean(w.opened && w.opened.document.getElementById('oldpw'));"


AUTH, SIGN = "Virtual PCD 00 00 auth", "Virtual PCD 00 00 sign"


def press(place, slot, button):
    """In a new window for the devices."""
    place.browser.chrome(OPEN)
    wait_for(lambda: place.browser.chrome(ROWS), "the devices")
    place.browser.chrome(PRESS, slot, button)


def close(place, picture):
    time.sleep(1.5)
    place.desktop.picture(picture)
    place.browser.chrome(WINDOW + "w.devices.close();")


# The window shows the retry counters, and what is older than five seconds is asked again: three commands each time.
COUNTERS = 9


def expect_sent(what, ledger, logins, commands):
    """These log-ins by so many commands, without those for retry counters."""
    sent = "%s: log-ins %s, %d commands" % (what, ledger.logins(), len(ledger.lines()))
    print(sent, flush=True)
    if ledger.logins() != logins or not commands <= len(ledger.lines()) <= commands + COUNTERS:
        raise Failure("%s, not %s, %d" % (sent, logins, commands))


def log_in(place, slot, pin, role, commands):
    """Asks for the PIN, which shows that the slot was logged out."""
    ledger = Ledger(place.work + "/ledger")
    press(place, slot, "login_button")
    window = wait_for(place.desktop.find_prompt, "the prompt")
    prompt = place.desktop.answer_prompt(window, Answer(pin))
    close(place, "logged-in")
    if prompt.role != role:
        raise Failure("prompt for %s, not %s" % (prompt.role, role))
    expect_sent("log in " + role, ledger, [pin.upper() + "=9000"], commands)


def log_out(place, slot):
    press(place, slot, "logout_button")
    close(place, "logged-out")


def change(place, slot, old, new):
    ledger = Ledger(place.work + "/ledger")
    press(place, slot, "change_pw_button")
    wait_for(lambda: place.browser.chrome(CHANGE_IS_OPEN), "the window for a new PIN")
    place.desktop.picture("change")
    place.browser.chrome(FILL, old, new, new)
    alert = wait_for(lambda: xdotool("search", "--onlyvisible", "--name", "^Alert"), "the word that it is done")
    said = place.desktop.text(place.desktop.picture("changed", alert[0]))
    xdotool("windowfocus", "--sync", alert[0])
    xdotool("key", "Return")
    close(place, "after-change")
    if "successfully changed" not in said:
        raise Failure("it says: %s" % said)
    # NSS logs in with the old PIN before it changes it.
    expect_sent("change", ledger, [old + "=9000"] * 2, 11)


def device_manager(place):
    browser = place.start_browser()
    url = place.servers.url("full1.3")
    log_in(place, AUTH, "1234", "auth", 8)
    browser.visit(url, name="after-log-in").expect(pickers=1, commands=(6, 13)).expect_page()
    log_out(place, AUTH)
    browser.visit(url, "1234", name="after-log-out").expect(["auth"], ["1234=9000"], commands=(11, 18)).expect_page()
    change(place, AUTH, "1234", "5678")
    log_out(place, AUTH)
    browser.visit(url, "5678", name="after-change").expect(["auth"], ["5678=9000"], commands=(11, 18)).expect_page()
    # The certificate is read once.
    for commands in (12, 5):
        log_in(place, SIGN, "abc123", "sign", commands)
        log_out(place, SIGN)
    if place.card.tries("auth") != 3 or place.card.tries("sign") != 5:
        raise Failure("a try was lost")


run(device_manager)
