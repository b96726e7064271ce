// SPDX-License-Identifier: Apache-2.0
// The options page. The background acts on what is stored.
"use strict";

const userAgent = document.getElementById("user-agent");

async function show() {
  const stored = await api.storage.local.get({ userAgent: false });
  userAgent.checked = stored.userAgent === true;
  userAgent.disabled = false; // until here a click would be lost
}

for (const match of api.runtime.getManifest().host_permissions) {
  const item = document.createElement("li");
  item.textContent = new URL(match.replace("/*", "/")).origin;
  document.getElementById("sites").append(item);
}
userAgent.addEventListener("change", () => api.storage.local.set({ userAgent: userAgent.checked }));
void show();
