// Small comforts. Every page and every act works without this file.
"use strict";

(() => {
  const doc = document;
  // Of a visitor nothing is kept, and what one person typed is not shown to the next one at the same device.
  const { person } = doc.body.dataset;
  const store = (() => {
    try { return person ? window.localStorage : null; } catch { return null; } // private windows may refuse it
  })();
  const DRAFTS = "draft:";
  const DRAFT = DRAFTS + person + ":";
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

  // What has not reached the portal survives a power cut (docs/decisions/0005): what differs from what the server
  // showed is kept on this device under the form's name, with the version that it was typed on. It is brought back on
  // the same version, never written over a newer one by itself, and forgotten when the portal has it. Passwords, files,
  // hidden fields and fields marked data-private are never kept.
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
  const served = (field) => {
    if (isTick(field)) return field.defaultChecked;
    if (!field.options) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) || field.options[0] || field).value;
  };
  const versionOf = (form) => form.dataset.version || "";

  const show = (form, where) => {
    const kept = doc.querySelector("[data-kept]");
    if (!kept) return;
    kept.querySelectorAll("[data-kept-on]").forEach((state) => { state.hidden = state.dataset.keptOn !== where; });
  };
  const forget = (name) => { if (store) store.removeItem(DRAFT + name); };
  const draftOf = (form) => {
    try {
      const draft = JSON.parse(store.getItem(keyOf(form)));
      if (Date.now() - draft.at < MONTH_MS) return { version: "", typed: {}, ...draft };
    } catch { /* none, or not ours */ }
    return null;
  };
  const differing = (form, { typed }) =>
    fields(form).filter((field) => nameOf(field) in typed && typed[nameOf(field)] !== served(field));

  // An older draft waits for the person's choice, and is kept together with what is typed meanwhile.
  const isOlder = (form) => form.dataset.draft === "older";
  let timer = 0;
  const keep = (form) => {
    clearTimeout(timer);
    const before = draftOf(form);
    const goesOn = before && (isOlder(form) || before.version === versionOf(form));
    const { version, typed } = goesOn ? before : { version: versionOf(form), typed: {} };
    fields(form).forEach((field) => {
      const name = nameOf(field);
      if (read(field) !== served(field) || (name in typed && !isOlder(form))) typed[name] = read(field);
    });
    if (!store || !Object.keys(typed).length) return;
    try {
      store.setItem(keyOf(form), JSON.stringify({ at: Date.now(), version, typed }));
    } catch { forget(form.dataset.keep); return; } // full: the form still works
    if (!isOlder(form)) form.dataset.draft = "kept";
    show(form, "device");
  };
  const bringBack = (form, draft) => {
    differing(form, draft).forEach((field) => write(field, draft.typed[nameOf(field)]));
    changed.add(form);
    form.dataset.draft = "kept";
    show(form, "device");
  };
  const showServed = (form) => fields(form).forEach((field) => write(field, served(field)));
  const ask = (form, question) => {
    const [toShow, toDrop] = question.querySelectorAll("button");
    showServed(form); // some browsers fill in by themselves what stood in a page before
    question.hidden = false;
    form.dataset.draft = "older";
    toShow.addEventListener("click", () => {
      const draft = draftOf(form) || { typed: {} }; // another tab may have dropped it
      toShow.hidden = true;
      bringBack(form, draft);
      keep(form); // from now on it is typed on what is saved now
      (differing(form, draft)[0] || toDrop).focus();
    });
    toDrop.addEventListener("click", () => {
      if (toShow.hidden) showServed(form);
      question.hidden = true;
      forget(form.dataset.keep);
      changed.delete(form);
      delete form.dataset.draft;
      show(form, "server");
      keep(form); // what was typed beside the open question
      fields(form)[0].focus();
    });
  };
  const restore = (form) => {
    const draft = draftOf(form);
    const isNew = draft && differing(form, draft).length > 0;
    if (isNew && draft.version === versionOf(form)) bringBack(form, draft);
    else if (isNew) ask(form, form.querySelector("[data-older]"));
    else if (!draft || draft.version !== versionOf(form)) forget(form.dataset.keep); // the server has it
  };
  doc.querySelectorAll("[data-forget-draft]").forEach((said) => forget(said.dataset.forgetDraft));
  // The portal learns under which name a form is kept here, and what was typed last is kept before it is sent.
  doc.addEventListener("formdata", ({ target, formData }) => {
    if (target.dataset.keep && !isOlder(target)) formData.set("draft", target.dataset.keep);
  });
  doc.addEventListener("submit", (event) => { if (event.target.dataset.keep) keep(event.target); });
  // Signing out on a shared telephone leaves nothing of a firm behind.
  doc.addEventListener("submit", (event) => {
    if (!store || !event.target.matches("[data-forget]")) return;
    Object.keys(store).filter((key) => key.startsWith(DRAFTS)).forEach((key) => store.removeItem(key));
  });

  // Pages kept for lack of a network are of one person: nobody else at this device finds them.
  if (window.caches) {
    const others = (names) => names.filter((name) => name.startsWith("roll:") && name !== "roll:" + person);
    caches.keys().then((names) => others(names).forEach((name) => caches.delete(name))).catch(() => {});
  }

  doc.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || form.method !== "post") return;
    changed.add(form);
    if (!form.dataset.keep || !worthKeeping(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), 400);
  });
  doc.querySelectorAll("form[data-keep]").forEach(restore);

  // Enter in the product search searches: the first button of the long form around it would save and leave.
  doc.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !window.htmx) return;
    if (!event.target.matches("[hx-trigger~='search']")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("search"));
  });

  // The error summary takes the focus, so that it is read first; its links land in the field.
  const wrongs = doc.querySelector(".wrongs[tabindex]");
  if (wrongs) wrongs.focus();

  // Filters and the rules of a composition are folded on a phone and open beside a table.
  if (window.matchMedia("(min-width: 40rem)").matches) {
    doc.querySelectorAll(".filters-fold, .rules-fold").forEach((fold) => { fold.open = true; });
  }

  // The desk by keyboard: J and K walk the rows, Enter opens, / searches, Esc closes the panel; other letters lead to
  // what wears them. A key never sends anything, and whoever turned the keys off has no page with data-keys.
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
    if (!target || target.matches("button")) return;
    event.preventDefault();
    const takesFocus = target.matches("input, select, textarea, [tabindex='-1']");
    if (takesFocus) target.focus(); else target.click();
  });

  // "More" in the head closes by Escape and by a press elsewhere.
  const more = doc.querySelector(".masthead__more");
  if (more) {
    doc.addEventListener("click", (event) => { more.open &&= more.contains(event.target); });
    doc.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !more.open) return;
      more.open = false;
      more.firstElementChild.focus();
    });
  }

  // Buttons that need a script are hidden until there is one; those for passkeys where there are none, as at an
  // address that is only a number.
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
