// A try at an assessment: saves at every change, keeps what could not be sent, and shows the time that is left. Without
// this file every button of the page saves. The portal's clock alone decides; this one only shows it.
"use strict";

(() => {
  const quiz = document.querySelector("[data-attempt]");
  if (!quiz) return;
  const find = (name) => quiz.querySelector("[data-" + name + "]");
  const show = (name, on) => { const part = find(name); if (part) part.hidden = !on; };
  const form = find("answers");
  const { person } = document.body.dataset;
  const KEY = "draft:" + person + ":attempt-" + quiz.dataset.attempt;
  const { number, result } = quiz.dataset;
  const GRACE_MS = 17000;
  const SOON = 5 * 60;

  // What was marked and has not reached the portal, by number of the question: {answer: [...], shown: "..."}.
  const pending = (() => {
    try { return JSON.parse(window.localStorage.getItem(KEY)) || {}; } catch { return {}; }
  })();
  const remember = () => {
    try {
      if (Object.keys(pending).length) window.localStorage.setItem(KEY, JSON.stringify(pending));
      else window.localStorage.removeItem(KEY);
    } catch { /* a private window, or full: the page still saves */ }
  };
  const boxes = () => (number ? [...form.querySelectorAll('[name="answer-' + number + '"]')] : []);
  const shownField = number && form.querySelector('[name="shown-' + number + '"]');
  const marked = () => boxes().filter((box) => box.checked).map((box) => box.value);
  let lastSaved = find("at")?.textContent || "";

  const fieldsOf = (data) => {
    Object.entries(pending).forEach(([position, one]) => {
      data.delete("answer-" + position);
      data.delete("shown-" + position);
      one.answer.forEach((value) => data.append("answer-" + position, value));
      data.append("shown-" + position, one.shown);
      if (!one.answer.length) data.append("clear-" + position, "1");
    });
    return data;
  };

  const saved = (answer, sent) => {
    Object.keys(sent).forEach((position) => {
      if (JSON.stringify(pending[position]) !== JSON.stringify(sent[position])) return; // changed meanwhile
      if (position === number && shownField) shownField.value = sent[position].answer.join(",");
      delete pending[position];
    });
    remember();
    lastSaved = answer.at;
    quiz.querySelectorAll("[data-at]").forEach((part) => { part.textContent = answer.at; });
    show("none", false);
    show("first", true);
    show("offline", false);
    show("signed-out", false);
    tell(answer.left);
  };

  let isSending = false;
  const send = async () => {
    if (isSending || !form || !number || !Object.keys(pending).length) return;
    isSending = true;
    const sent = JSON.parse(JSON.stringify(pending));
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: fieldsOf(data), headers: { "X-Autosave": "1" }, redirect: "manual",
      });
      if (answer.status === 410) { leave(); return; }
      if (answer.type === "opaqueredirect" || answer.status === 403) { show("signed-out", true); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      saved(await answer.json(), sent);
    } catch {
      const since = find("since");
      if (since) since.textContent = lastSaved || "–";
      show("offline", true);
    } finally {
      isSending = false;
    }
  };
  const leave = () => {
    Object.keys(pending).forEach((position) => delete pending[position]);
    remember();
    window.location.assign(result);
  };

  if (form && number) {
    if (pending[number]) { // marked before the line broke or the session ended
      boxes().forEach((box) => { box.checked = pending[number].answer.includes(box.value); });
    }
    form.addEventListener("change", (event) => {
      if (event.target.name !== "answer-" + number) return;
      pending[number] = { answer: marked(), shown: shownField.value };
      remember();
      send();
    });
    setInterval(send, 5000);
    window.addEventListener("online", send);
    send();
  }
  // A form that is sent takes along what could not be sent before. It stays here until the portal has answered: the
  // next page sends it once more, which changes nothing.
  if (form) {
    form.addEventListener("formdata", (event) => {
      if (number && [...event.formData.keys()].includes("clear-" + number)) {
        delete pending[number];
        remember();
      }
      fieldsOf(event.formData);
    });
  }

  // The time that is left, counted from what the portal said.
  let base = { left: Number(quiz.dataset.left), at: performance.now() };
  const tell = (left) => { base = { left, at: performance.now() }; };
  const two = (value) => String(value).padStart(2, "0");
  const tick = () => {
    const left = Math.max(0, Math.round(base.left - (performance.now() - base.at) / 1000));
    const hours = Math.floor(left / 3600);
    const minutes = Math.floor((left % 3600) / 60);
    const words = (hours ? hours + ":" + two(minutes) : String(minutes)) + ":" + two(left % 60);
    find("clock").textContent = words;
    const soon = find("soon");
    if (soon && left > SOON) soon.hidden = true;
    else if (soon && soon.hidden && left) soon.hidden = false;
    if (left) return;
    show("over", true);
    clearInterval(timer);
    send();
    setTimeout(() => window.location.assign(result), GRACE_MS);
  };
  show("served", false);
  show("running", true);
  const timer = setInterval(tick, 1000);
  tick();
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
})();
