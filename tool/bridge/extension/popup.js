// SPDX-License-Identifier: Apache-2.0
// What jpki-bridge says of itself and of the card.
"use strict";

const HOST = "jpki_pkcs11.bridge";
const PATIENCE = 30; // seconds until a silent host is given up
const ITEMS = {
  connect: "itemConnect",
  select_jpki: "itemJpki",
  jpki_auth_pin_counter: "itemAuth",
  jpki_sign_pin_counter: "itemSign",
  text_pin_counter: "itemText",
};
const STATES = { success: "stateSuccess", failure: "stateFailure", skipped: "stateSkipped" };

function say(text, isBad) {
  const state = document.getElementById("state");
  state.textContent = text;
  state.className = isBad ? "bad" : "good";
}

function add(name, text, status) {
  const term = document.createElement("dt");
  const value = document.createElement("dd");
  term.textContent = name;
  value.textContent = text;
  value.className = status;
  document.getElementById("items").append(term, value);
}

function show(answer) {
  if (answer.result !== "0") {
    say(answer.message, true);
    return;
  }
  say(words("hostVersion", answer.version), false);
  for (const item of answer.check) {
    if (item.name in ITEMS) {
      add(words(ITEMS[item.name]), item.detail || words(STATES[item.status]), item.status);
    }
  }
}

function ask() {
  const host = api.runtime.connectNative(HOST);
  const clock = setTimeout(() => {
    host.disconnect();
    say(words("hostMissing"), true);
  }, PATIENCE * 1000);
  host.onMessage.addListener((answer) => {
    clearTimeout(clock);
    host.disconnect();
    show(answer);
  });
  host.onDisconnect.addListener(() => {
    void api.runtime.lastError;
    clearTimeout(clock);
    say(words("hostMissing"), true);
  });
  host.postMessage({ request: JSON.stringify({ mode: "check" }) });
}

// Why a site was not given what it asked for last.
async function showRefusal() {
  const { refusal } = await api.storage.session.get("refusal");
  const place = document.getElementById("refusal");
  await api.action.setBadgeText({ text: "" });
  if (refusal) {
    place.textContent = words("lastRefusal", refusal.origin, refusal.message);
    place.hidden = false;
  }
}

document.getElementById("options").addEventListener("click", () => api.runtime.openOptionsPage());
void showRefusal();
ask();
