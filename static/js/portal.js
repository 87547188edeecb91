// Small comforts. Every page and every act works without this file.
"use strict";

(() => {
  const doc = document;
  const store = (() => {
    try { return window.localStorage; } catch { return null; } // private windows may refuse it
  })();
  const DRAFT = "draft:";
  const MONTH_MS = 30 * 24 * 3600 * 1000;

  // One press, one act: a second press of a slow button sends nothing. Coming back by the browser's own button opens
  // the form again.
  const busy = new WeakSet();
  doc.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (busy.has(form)) { event.preventDefault(); return; }
    busy.add(form);
    setTimeout(open, 8000, form); // an answer that is a download leaves the page as it is
    form.setAttribute("aria-busy", "true");
    changed.delete(form);
  });
  const open = (form) => { busy.delete(form); form.removeAttribute("aria-busy"); };
  window.addEventListener("pageshow", () => doc.querySelectorAll("form[aria-busy]").forEach(open));
  doc.addEventListener("htmx:afterRequest", (event) => {
    if (event.target instanceof HTMLFormElement) open(event.target);
  });

  // Leaving with something typed and not sent asks first, in forms that ask for it.
  const changed = new Set();
  window.addEventListener("beforeunload", (event) => {
    const asks = (form) => form.isConnected && form.matches("[data-keep], [data-warn]") && !form.dataset.draft;
    if ([...changed].some(asks)) event.preventDefault();
  });

  // What is typed survives a power cut: kept on this device under the form's name, brought back once, forgotten when
  // the server says it is saved. Passwords, files, hidden fields and fields marked data-private are never kept.
  const NEVER_KEPT = ["hidden", "password", "file", "submit", "button", "image", "reset"];
  const worthKeeping = (field) =>
    field.name && !field.disabled && !NEVER_KEPT.includes(field.type) &&
    !field.closest("[data-private]") && !/password|one-time-code|cc-/.test(field.autocomplete || "");
  const fields = (form) => [...form.elements].filter(worthKeeping);
  const keyOf = (form) => DRAFT + form.dataset.keep;
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const read = (field) => (isTick(field) ? field.checked : field.value);
  const write = (field, value) => {
    if (isTick(field)) field.checked = value; else field.value = value;
  };
  const nameOf = (field) => (isTick(field) ? field.name + "=" + field.value : field.name);

  const show = (form, where) => {
    const kept = doc.querySelector("[data-kept]");
    if (!kept) return;
    kept.querySelectorAll("[data-kept-on]").forEach((state) => { state.hidden = state.dataset.keptOn !== where; });
  };
  const keep = (form) => {
    if (!store) return;
    const typed = {};
    fields(form).forEach((field) => { typed[nameOf(field)] = read(field); });
    try {
      store.setItem(keyOf(form), JSON.stringify({ at: Date.now(), typed }));
      form.dataset.draft = "kept";
      show(form, "device");
    } catch { /* full: the form still works */ }
  };
  const restore = (form) => {
    if (!store) return;
    let draft = null;
    try { draft = JSON.parse(store.getItem(keyOf(form))); } catch { /* not ours */ }
    if (!draft || Date.now() - draft.at > MONTH_MS) { store.removeItem(keyOf(form)); return; }
    // the server has sent back what was typed
    if (form.querySelector(".is-wrong") || doc.querySelector(".wrongs")) return;
    let differs = false;
    fields(form).forEach((field) => {
      const value = draft.typed[nameOf(field)];
      if (value !== undefined && value !== read(field)) { write(field, value); differs = true; }
    });
    if (!differs) store.removeItem(keyOf(form)); // the server has it
    else { changed.add(form); form.dataset.draft = "kept"; show(form, "device"); }
  };
  if (store && doc.querySelector("[data-saved]")) {
    const sent = sessionStorage.getItem("sent"); // only the draft of the form that was sent is done with
    if (sent) store.removeItem(sent);
  }
  doc.addEventListener("submit", (event) => {
    if (!event.target.dataset.keep) return;
    try { sessionStorage.setItem("sent", keyOf(event.target)); } catch { /* as above */ }
  });
  // Signing out on a shared telephone leaves nothing of a firm behind.
  doc.addEventListener("submit", (event) => {
    if (!store || !event.target.matches("[data-forget]")) return;
    Object.keys(store).filter((key) => key.startsWith(DRAFT)).forEach((key) => store.removeItem(key));
  });

  let timer = 0;
  doc.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || form.method !== "post") return;
    changed.add(form);
    if (!form.dataset.keep || !worthKeeping(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), 400);
  });
  doc.querySelectorAll("form[data-keep]").forEach(restore);

  // The error summary takes the focus, so that it is read first; its links land in the field, not only near it.
  const wrongs = doc.querySelector(".wrongs[tabindex]");
  if (wrongs) wrongs.focus();

  // Filters are folded on a phone and open beside a table.
  if (window.matchMedia("(min-width: 40rem)").matches) {
    doc.querySelectorAll(".filters-fold").forEach((fold) => { fold.open = true; });
  }

  // The desk by keyboard: J and K walk the rows, Enter opens, / searches, Esc closes the panel; letters on the page's
  // buttons press them.
  const rows = () => [...doc.querySelectorAll(".desk-table a[data-row]")];
  doc.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !doc.querySelector("[data-keys]")) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const step = { j: 1, k: -1 }[key];
    if (step) {
      const links = rows();
      const here = links.indexOf(doc.activeElement);
      const at = here < 0 ? links.findIndex((link) => link.closest("[aria-current]")) : here;
      const next = links[at + step];
      if (next) next.focus();
      return;
    }
    const target = doc.querySelector('[data-key="' + CSS.escape(key === "escape" ? "esc" : key) + '"]');
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, select, textarea")) target.focus(); else target.click();
  });

  // Buttons that need a script are hidden until there is one; those for passkeys until the browser knows passkeys,
  // which belong to a host with a name: at 127.0.0.1 it refuses them, at localhost it does not.
  const passkeys = window.PublicKeyCredential && !/^[\d.]+$|:/.test(window.location.hostname);
  doc.querySelectorAll("[data-script]").forEach((button) => {
    button.hidden = button.dataset.script === "passkey" && !passkeys;
  });
  doc.addEventListener("DOMContentLoaded", () => {
    const forms = window.allauth?.webauthn?.forms;
    if (forms) doc.querySelectorAll("[data-passkey]").forEach((button) => {
      const { passkey, credential, passwordless } = button.dataset;
      forms[passkey + "Form"]({ ids: { [passkey]: button.id, credential, passwordless, data: "js_data" } });
    });
  });
  doc.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
})();
