// SPDX-License-Identifier: Apache-2.0
// In the page's own world, only where a person switched it on in the options: navigator says
// Windows, since the pages turn away what says Linux. Workers, client hints that need a promise
// and the header of HTTP requests stay as they are.
"use strict";

(() => {
  const WINDOWS = "Windows NT 10.0; Win64; x64";
  const LINUX = /X11;(?: [^;)]*;)? Linux [^;)]*/;

  function answer(prototype, name, value) {
    if (prototype && name in prototype) {
      Object.defineProperty(prototype, name, { get: () => value, configurable: true, enumerable: true });
    }
  }

  const { appVersion, userAgent } = navigator;
  answer(Navigator.prototype, "userAgent", userAgent.replace(LINUX, WINDOWS));
  answer(Navigator.prototype, "appVersion", appVersion.replace(LINUX, WINDOWS).replace("(X11)", "(Windows)"));
  answer(Navigator.prototype, "platform", "Win32");
  answer(Navigator.prototype, "oscpu", WINDOWS);
  answer(globalThis.NavigatorUAData?.prototype, "platform", "Windows");
})();
