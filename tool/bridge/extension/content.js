// SPDX-License-Identifier: Apache-2.0
// In the pages of the hosts in manifest.json: takes their "launchApp" events to the background,
// and answers by "recvMsg". Both carry a string of JSON.
"use strict";

(() => {
  const api = globalThis.browser ?? globalThis.chrome;

  // What the pages look for: versions of the official extension and application.
  const SIGNS = { "extension-is-installed": "24", "app-is-installed": "29" };
  const REQUEST_MAX = 48 * 1024; // characters; the host takes 64 KiB with the envelope
  // Seconds until the background takes a request, or says how long it takes.
  const PATIENCE = 10;
  const PATIENCE_MAX = 600;

  const ports = new Map(); // with the request and the clock of each
  let unseen = []; // requests that nobody looks at yet
  let unanswered = []; // when the page was left
  let isLeft = false;

  function tell(detail) {
    document.dispatchEvent(new CustomEvent("recvMsg", { bubbles: true, detail }));
  }

  function parse(request) {
    try {
      const object = JSON.parse(request);
      return object !== null && typeof object === "object" && !Array.isArray(object) ? object : {};
    } catch {
      return {};
    }
  }

  function refuse(name) {
    tell(JSON.stringify({ result: "1", message: api.i18n.getMessage(name) }));
  }

  // The host did not answer; the pages know this code.
  function tellSilence(request) {
    tell(JSON.stringify({ ...parse(request), result: "1", errcode: "EW044-C300" }));
  }

  // It is no port of ours any more; false where it was none.
  function forget(port) {
    clearTimeout(ports.get(port)?.clock);
    return ports.delete(port);
  }

  function close(port) {
    forget(port);
    port.disconnect();
  }

  // Ends what was asked for; returns the requests.
  function closeAll() {
    const requests = [...unseen, ...[...ports.values()].map((each) => each.request)];
    unseen = [];
    for (const port of [...ports.keys()]) {
      close(port);
    }
    return requests;
  }

  // GIVE_UP is called unless PORT says something on REQUEST within SECONDS.
  function wait(port, request, seconds, giveUp) {
    clearTimeout(ports.get(port)?.clock);
    const clock = setTimeout(() => {
      close(port);
      giveUp();
    }, Math.min(seconds, PATIENCE_MAX) * 1000);
    ports.set(port, { request, clock });
  }

  // A port for each request, and behind it a host: its end, from either side, ends the other.
  // Firefox ends an idle background without a look at the port that is just being opened: a
  // request that was not taken is sent once more.
  function ask(request, isLast = false) {
    let isTaken = false;
    let port;
    const giveUp = () => (isTaken || isLast ? tellSilence(request) : ask(request, true));
    try {
      port = api.runtime.connect({ name: "request" });
    } catch {
      tellSilence(request); // the extension was updated or removed meanwhile
      return;
    }
    wait(port, request, PATIENCE, giveUp);
    port.onMessage.addListener((answer) => {
      if (ports.has(port) && answer.wait > 0) {
        isTaken = true;
        wait(port, request, answer.wait, giveUp);
      } else if (ports.has(port)) {
        close(port);
        tell(JSON.stringify(answer));
      }
    });
    port.onDisconnect.addListener(() => {
      if (forget(port) && !isLeft) {
        giveUp();
      }
    });
    port.postMessage(request);
  }

  // The dialog is for a page that somebody looks at: no other tab, none that is prerendered.
  function askOnceSeen(request) {
    if (document.visibilityState === "visible") {
      ask(request);
    } else {
      unseen.push(request);
    }
  }

  function launch(event) {
    const request = event.detail;
    if (typeof request !== "string" || request.length > REQUEST_MAX) {
      refuse("requestMalformed");
    } else if (parse(request).mode === "05") {
      closeAll();
    } else if (!isLeft) {
      askOnceSeen(request); // a page's own pagehide comes after ours
    }
  }

  function addSigns() {
    for (const [id, value] of Object.entries(SIGNS)) {
      if (!document.getElementById(id)) {
        const input = document.createElement("input");
        input.id = id;
        input.type = "hidden";
        input.value = value;
        document.body.append(input);
      }
    }
  }

  document.addEventListener("launchApp", launch);
  document.addEventListener("visibilitychange", () => unseen.splice(0).forEach(askOnceSeen));
  // A page that is left is never signed for; it may come back from the cache.
  addEventListener("pagehide", () => {
    isLeft = true;
    unanswered = closeAll();
  });
  addEventListener("pageshow", () => {
    isLeft = false;
    unanswered.splice(0).forEach(tellSilence);
  });
  if (document.body) {
    addSigns();
  } else {
    document.addEventListener("DOMContentLoaded", addSigns, { once: true });
  }
})();
