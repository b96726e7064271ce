// SPDX-License-Identifier: Apache-2.0
// Fills a page of ours with its words, by the browser's language.
"use strict";

const api = globalThis.browser ?? globalThis.chrome;

function words(name, ...values) {
  return api.i18n.getMessage(name, values);
}

document.documentElement.lang = api.i18n.getUILanguage();
for (const element of document.querySelectorAll("[data-words]")) {
  element.textContent = words(element.dataset.words);
}
