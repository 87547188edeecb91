// Opens the page of a session without a network, from what static/js/session.js put on the shelf. It answers for
// addresses under /training/sessions/ alone, asks the network first and keeps nothing by itself.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  const kept = async (fault) => {
    const found = await caches.match(request, { ignoreVary: true });
    if (found) return found;
    throw fault;
  };
  event.respondWith(fetch(request).catch(kept));
});
