// The queue opens a file beside itself on wide screens, without losing the place. Without this file a link opens the
// page of the file.
"use strict";

(() => {
  const desk = document.querySelector("[data-desk]");
  const panel = desk && desk.querySelector("[data-panel]");
  if (!panel || !window.htmx) return;
  const wide = window.matchMedia("(min-width: 75rem)");
  const piece = (name) => document.querySelector("template[" + name + "]").content.cloneNode(true);
  const rowOf = (id) => desk.querySelector('a[data-row="' + CSS.escape(id) + '"]');
  let opened = null;

  // The address names the open file, so that a reload and the back button come back to it.
  const remember = (id) => {
    const url = new URL(window.location.href);
    if (id) url.searchParams.set("open", id); else url.searchParams.delete("open");
    window.history.replaceState(window.history.state, "", url);
  };

  const mark = (id) => {
    desk.querySelectorAll("tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
    const link = id && rowOf(id);
    if (link) link.closest("tr").setAttribute("aria-current", "true");
  };

  const open = (link) => {
    const id = link.dataset.row;
    opened = id;
    panel.hidden = false;
    desk.classList.add("has-file");
    panel.replaceChildren(piece("data-wait"));
    mark(id);
    remember(id);
    window.htmx.ajax("GET", link.href, { target: panel, swap: "innerHTML" });
  };

  const close = () => {
    const link = opened && rowOf(opened);
    panel.replaceChildren();
    panel.hidden = true;
    desk.classList.remove("has-file");
    mark(null);
    remember(null);
    if (link) link.focus();
    opened = null;
  };

  const first = panel.querySelector("[data-file]");
  if (first) opened = first.dataset.file;

  desk.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const row = event.target.closest("a[data-row]");
    if (row && wide.matches) { event.preventDefault(); open(row); return; }
    if (event.target.closest("[data-close]") && wide.matches) { event.preventDefault(); close(); }
  });

  // After an act on an open file, such as on one of its papers, the panel stays where it was.
  let place = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const file = panel.querySelector("[data-file]");
    const body = panel.querySelector(".file__body");
    if (event.detail.target === panel) place = file && body && { id: file.dataset.file, top: body.scrollTop };
  });

  // A file that came in takes the focus, so that it is read from its name on; one that did not come says so.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    const head = panel.querySelector(".wrongs, [tabindex='-1']");
    if (head) head.focus({ preventScroll: true });
    const file = panel.querySelector("[data-file]");
    const body = panel.querySelector(".file__body");
    if (place && file && body && file.dataset.file === place.id) body.scrollTop = place.top;
  });
  const failed = (event) => { if (event.detail.target === panel) panel.replaceChildren(piece("data-failed")); };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  // "?" shows the list of keys where it is out of sight.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || !document.querySelector("[data-keys]")) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const keys = document.querySelector(".keys");
    if (keys) { keys.scrollIntoView({ block: "center" }); keys.tabIndex = -1; keys.focus(); }
  });
})();
