// SPDX-License-Identifier: Apache-2.0
// Between the pages and jpki-bridge. It knows no PIN and decides nothing about the card: it tells
// the host which site asks, as the browser knows it, and never what a page says of itself.
"use strict";

const api = globalThis.browser ?? globalThis.chrome;

const HOST = "jpki_pkcs11.bridge";
const USER_AGENT_SCRIPT = "user-agent";
// Seconds until a silent host is given up; before what takes longer it says how long.
const PATIENCE = 30;

// Why the sender may not ask: the name of a message; null where it may.
function findFault(sender) {
  if (sender.id !== api.runtime.id || typeof sender.origin !== "string" ||
      !sender.origin.startsWith("https://")) {
    return "originRefused";
  }
  if (sender.frameId !== 0) {
    return "frameRefused";
  }
  // Chromium prerenders pages that nobody has opened yet.
  if ((sender.documentLifecycle ?? "active") !== "active") {
    return "lifecycleRefused";
  }
  return null;
}

// Keeps the words of a refusal for the popup: the page may not show them. Only an answer to a
// request clears them; a check of the card, which a page may make after each request, does not.
async function note(origin, answer) {
  if (answer.result === "0" && !answer.check) {
    await api.storage.session.remove("refusal");
    await api.action.setBadgeText({ text: "" });
  } else if (answer.message) {
    await api.storage.session.set({ refusal: { origin, message: answer.message } });
    await api.action.setBadgeText({ text: "!" });
  }
}

// The host for a request: what it says goes to PORT, and it ends when PORT does.
function startHost(port, request) {
  const host = api.runtime.connectNative(HOST);
  host.onMessage.addListener((answer) => {
    port.postMessage(answer);
    void note(port.sender.origin, answer);
  });
  host.onDisconnect.addListener(() => {
    void api.runtime.lastError; // Chromium wants it read
    port.disconnect();
  });
  host.postMessage({ origin: port.sender.origin, request });
  return host;
}

api.runtime.onConnect.addListener((port) => {
  let host = null;
  if (port.name !== "request") {
    port.disconnect();
    return;
  }
  port.onMessage.addListener((request) => {
    const fault = typeof request === "string" ? findFault(port.sender) : "requestMalformed";
    if (fault) {
      port.postMessage({ result: "1", message: api.i18n.getMessage(fault) });
    } else if (!host) {
      port.postMessage({ wait: PATIENCE });
      host = startHost(port, request);
    }
  });
  port.onDisconnect.addListener(() => {
    void api.runtime.lastError;
    host?.disconnect();
  });
});

// The user agent's script, where a person switched it on, on our hosts only.
async function applyUserAgent() {
  const { userAgent } = await api.storage.local.get({ userAgent: false });
  const registered = await api.scripting.getRegisteredContentScripts({ ids: [USER_AGENT_SCRIPT] });
  if (userAgent === true && registered.length === 0) {
    await api.scripting.registerContentScripts([{
      id: USER_AGENT_SCRIPT,
      matches: api.runtime.getManifest().host_permissions,
      js: ["user-agent.js"],
      runAt: "document_start",
      world: "MAIN",
    }]);
  } else if (userAgent !== true && registered.length > 0) {
    await api.scripting.unregisterContentScripts({ ids: [USER_AGENT_SCRIPT] });
  }
}

// One change after the other: two at a time would register it twice.
let applied = Promise.resolve();

function applyInTurn() {
  applied = applied.then(applyUserAgent).catch((error) => console.error(String(error)));
}

api.runtime.onInstalled.addListener(applyInTurn);
api.runtime.onStartup.addListener(applyInTurn);
api.storage.onChanged.addListener(applyInTurn);
