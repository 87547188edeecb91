// A session without a network. Every mark is kept on this device at once, under a key of its own with the time of the
// touch; it is sent by the button, when the network comes back and when the page is opened again, and forgotten once
// the portal has it. The code on the screen follows the portal's clock. Without this file the roll is a plain form, and
// the code changes on the page for the whole screen.
"use strict";

(() => {
  const doc = document;
  const { person } = doc.body.dataset;
  const store = (() => {
    try { return person ? window.localStorage : null; } catch { return null; } // private windows may refuse it
  })();
  const MONTH_MS = 30 * 24 * 3600 * 1000;
  const AT_ONCE = 200; // marks in one sending
  const random = () =>
    [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // The code on the screen -------------------------------------------------------------------------------------------
  const watch = (box) => {
    let timer = 0;
    const begin = () => {
      const drawn = box.querySelector("[data-left]");
      const total = 30000;
      if (!drawn) return; // the session is over
      const ends = performance.now() + Number(drawn.dataset.left);
      const pips = [...box.querySelectorAll(".clock__days i")];
      const seconds = box.querySelector("[data-seconds]");
      clearInterval(timer);
      timer = setInterval(() => {
        const left = ends - performance.now();
        if (seconds) seconds.textContent = String(Math.max(0, Math.ceil(left / 1000)));
        pips.forEach((pip, number) => pip.classList.toggle("is-used", number < pips.length * (1 - left / total)));
        if (left <= 0) { clearInterval(timer); renew(); }
      }, 500);
    };
    const renew = async () => {
      try {
        const answer = await fetch(box.dataset.code, { redirect: "error", headers: { "X-Requested-With": "fetch" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        box.replaceChildren(...fresh.body.childNodes);
        box.classList.remove("is-old");
        begin();
      } catch {
        box.classList.add("is-old");
        setTimeout(renew, 3000);
      }
    };
    begin();
    window.addEventListener("online", () => { if (box.classList.contains("is-old")) renew(); });
  };
  doc.querySelectorAll("[data-code]").forEach(watch);
  const wall = doc.querySelector("[data-wall]");
  if (wall && navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {}); // a dark wall shows no code

  // What is kept here: {"tried": whether it was meant to be sent, "at": when last changed, "marks": {place: mark}}
  const keyOf = (session) => "draft:" + person + ":roll:" + session; // signing out removes what begins so
  const keptOf = (session) => {
    try {
      const kept = JSON.parse(store.getItem(keyOf(session)));
      if (Date.now() - kept.at < MONTH_MS) return { tried: false, marks: {}, ...kept };
    } catch { /* none, or not ours */ }
    return { tried: false, at: Date.now(), marks: {} };
  };
  doc.querySelectorAll("[data-kept-of]").forEach((line) => {
    const number = store ? Object.keys(keptOf(line.dataset.keptOf).marks).length : 0;
    line.querySelector("[data-number]").textContent = String(number);
    line.hidden = !number;
  });

  const root = doc.querySelector("[data-session]");
  const part = root && root.querySelector("[data-roll]");
  if (!part || !part.querySelector("[data-roll-form] button")) return;
  const { session, marks: address, starts, ends, minutes } = root.dataset;
  const state = keptOf(session);
  let isFull = false;
  const change = (act) => {
    const kept = store && !isFull ? keptOf(session) : state; // another tab may have marked somebody meanwhile
    act(kept);
    Object.assign(state, kept, { at: Date.now() });
    if (!store) return;
    try {
      if (Object.keys(state.marks).length) store.setItem(keyOf(session), JSON.stringify(state));
      else store.removeItem(keyOf(session));
    } catch { isFull = true; } // the page still sends
  };
  const device = (() => {
    if (!store) return random();
    const known = store.getItem("roll-device");
    const own = /^[0-9a-f-]{8,40}$/.test(known || "") ? known : random();
    try { store.setItem("roll-device", own); } catch { /* full */ }
    return own;
  })();

  const form = () => part.querySelector("[data-roll-form]");
  const rows = () => [...part.querySelectorAll("li[data-place]")];
  const number = () => Object.keys(state.marks).length;
  const tell = (name, words) => {
    part.querySelectorAll("[data-net]").forEach((line) => {
      const is = line.dataset.net;
      if (is === "kept") {
        line.hidden = !number();
        line.querySelector("[data-number]").textContent = String(number());
        return;
      }
      line.hidden = is !== name;
      if (is === name && words !== undefined) (line.querySelector("[data-words]") || line).textContent = words;
    });
    rows().forEach((row) => row.classList.toggle("is-kept", row.dataset.place in state.marks));
  };
  const chosen = (row) => row.querySelector("[type=radio]:checked");
  const lateOf = (row) => row.querySelector("[type=number]");
  const reapply = () => rows().forEach((row) => {
    const mark = state.marks[row.dataset.place];
    const radio = mark && row.querySelector('[type=radio][value="' + mark.status + '"]');
    if (!radio) return;
    radio.checked = true;
    lateOf(row).value = mark.late === null ? "" : String(mark.late);
  });

  const keep = (row) => {
    const radio = chosen(row);
    if (!radio) return;
    const typed = lateOf(row).value.trim();
    const late = /^\d{1,3}$/.test(typed) ? Math.min(Number(typed), Number(minutes)) : null;
    const mark = {
      key: random(), status: radio.value, late: radio.value === "late" ? late : null, at: new Date().toISOString(),
    };
    change((kept) => { kept.marks[row.dataset.place] = mark; });
    tell(navigator.onLine ? "" : "off");
  };
  part.addEventListener("change", (event) => {
    const row = event.target.closest("[data-roll-form] li[data-place]");
    if (!row) return;
    if (event.target.value === "late" && event.target.type === "radio" && !lateOf(row).value) {
      const since = Math.floor((Date.now() - Date.parse(starts)) / 60000);
      if (since > 0 && Date.now() < Date.parse(ends)) lateOf(row).value = String(since); // now is when they came
    }
    keep(row);
  });

  // Sending ----------------------------------------------------------------------------------------------------------
  let sending = false;
  const renewed = async () => {
    try {
      const answer = await fetch(window.location.href, { redirect: "error" });
      if (!answer.ok) return false;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const roll = fresh.querySelector("[data-roll]");
      if (!roll) return false;
      part.replaceChildren(...roll.childNodes);
      doc.querySelectorAll("[data-fresh]").forEach((old) => { // what the page says of the roll elsewhere
        const now = fresh.querySelector('[data-fresh="' + old.dataset.fresh + '"]');
        if (now) old.replaceWith(now);
      });
      reapply();
      return true;
    } catch { return false; }
  };
  const post = (some) => {
    const body = new URLSearchParams({
      csrfmiddlewaretoken: form().querySelector("[name=csrfmiddlewaretoken]").value,
      device,
      now: new Date().toISOString(),
      marks: JSON.stringify(some.map(([place, mark]) => ({ place, ...mark }))),
    });
    const over = new AbortController();
    setTimeout(() => over.abort(), 20000);
    return fetch(address, {
      method: "POST", body, redirect: "manual", signal: over.signal, headers: { "X-Requested-With": "fetch" },
    });
  };
  const isJson = (answer) => (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const send = async () => {
    if (sending || !number()) return;
    sending = true;
    change((kept) => { kept.tried = true; });
    tell("sending");
    let said = "";
    try {
      while (number()) {
        const some = Object.entries(state.marks).slice(0, AT_ONCE);
        let answer = await post(some);
        const isOld = answer.status === 403 && !isJson(answer); // a page of before signing in again
        if (isOld && await renewed()) answer = await post(some);
        if (answer.type === "opaqueredirect") { tell("login"); return; }
        if (!isJson(answer)) throw new Error(String(answer.status));
        const found = await answer.json();
        if (!answer.ok) { tell("refused", found.refusal); return; }
        change((kept) => some.forEach(([place, mark]) => {
          const now = kept.marks[place];
          if (now && now.key === mark.key) delete kept.marks[place]; // not one that was touched since
        }));
        said = found.words;
      }
      change((kept) => { kept.tried = false; });
      await renewed();
      tell("said", said);
      forgetPage();
    } catch { tell("off"); } finally { sending = false; }
  };
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-roll-form]")) return;
    event.preventDefault();
    if (event.submitter && event.submitter.name === "all") {
      rows().filter((row) => !chosen(row) && row.querySelector("[type=radio]")).forEach((row) => {
        row.querySelector("[type=radio][value=present]").checked = true;
        keep(row);
      });
    }
    if (number()) send(); else tell("none");
  });
  part.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drop]")) return;
    change((kept) => { kept.marks = {}; kept.tried = false; });
    window.location.reload();
  });
  window.addEventListener("online", send);
  window.addEventListener("offline", () => tell("off"));
  setInterval(() => { if (state.tried && navigator.onLine) send(); }, 30000);

  // The page itself, opened without a network: kept for this person until the session is over and all of it is sent, or
  // until somebody signs out (portal.js).
  const shelf = "roll:" + person;
  const forgetPage = () => {
    if (window.caches && !number() && Date.now() > Date.parse(ends)) caches.delete(shelf);
  };
  const keepPage = async () => {
    await navigator.serviceWorker.register(root.dataset.worker);
    const sources = [...doc.querySelectorAll("link[rel=stylesheet], link[rel=icon], link[rel=preload], script[src]")];
    const files = sources.map((one) => one.href || one.src).filter((url) => url.startsWith(window.location.origin));
    const box = await caches.open(shelf);
    await box.addAll([...new Set([window.location.href, ...files])]);
    doc.querySelectorAll("[data-offline-ready]").forEach((line) => { line.hidden = false; });
  };
  if (window.caches && navigator.serviceWorker && navigator.onLine && !(Date.now() > Date.parse(ends) && !number())) {
    keepPage().catch(() => {}); // without it the open page still works
  }

  reapply();
  tell(navigator.onLine ? "" : "off");
  if (state.tried && navigator.onLine) send();
})();
