// Sessions are dragged to another day, room or trainer. What would block is asked for and said before the drop is sent;
// the drop sends the form that the page of the session has too. Without this file a session is opened and moved there.
"use strict";

(() => {
  const week = document.querySelector("[data-week]");
  const form = document.querySelector("form[data-drop]");
  const note = document.querySelector("[data-drop-note]");
  if (!week || !form || !note) return;
  let dragged = null;
  let over = null;
  let answers = new Map();

  const field = (name) => form.elements.namedItem(name);
  const cellOf = (event) => event.target.closest("td[data-day]");

  // What a drop into a cell would send; null where a session cannot go: another cohort's row, or where it is already.
  const move = (cell) => {
    const home = dragged.closest("td[data-day]");
    const values = { trainer: dragged.dataset.trainer, venue: dragged.dataset.venue, seen: dragged.dataset.seen };
    if (cell.dataset.cohort !== undefined && cell.dataset.cohort !== home.dataset.cohort) return null;
    if (cell.dataset.room !== undefined) values.venue = cell.dataset.room;
    if (cell.dataset.trainer !== undefined) values.trainer = cell.dataset.trainer;
    values.starts_at = cell.dataset.day + "T" + dragged.dataset.time;
    return cell === home ? null : values;
  };

  const say = (tone, lines) => {
    note.className = "drop-note tone-" + tone;
    note.textContent = lines.join(" ");
    note.hidden = !lines.length;
    if (over) over.classList.add("is-target", "tone-" + tone);
  };

  const unmark = () => {
    if (over) over.classList.remove("is-target", "tone-no", "tone-you", "tone-done");
    over = null;
  };

  const ask = (cell, values) => {
    const body = new FormData(form);
    Object.keys(values).forEach((name) => body.set(name, values[name]));
    return fetch(dragged.dataset.try, { method: "POST", body, headers: { "X-Requested-With": "fetch" } })
      .then((answer) => (answer.ok ? answer.json() : { tone: "you", lines: [] }))
      .catch(() => ({ tone: "you", lines: [] }));  // the drop is checked again when it is sent
  };

  week.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".slot[data-try]");
    if (!dragged) return;
    answers = new Map();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
    dragged.classList.add("is-dragged");
  });

  week.addEventListener("dragover", (event) => {
    const cell = dragged && cellOf(event);
    const values = cell && move(cell);
    if (!values) { unmark(); return; }
    event.preventDefault();
    if (over === cell) return;
    unmark();
    over = cell;
    if (!answers.has(cell)) answers.set(cell, ask(cell, values));
    answers.get(cell).then((answer) => { if (over === cell) say(answer.tone, answer.lines); });
  });

  week.addEventListener("drop", (event) => {
    const cell = dragged && cellOf(event);
    const values = cell && move(cell);
    if (!values) return;
    event.preventDefault();
    Object.keys(values).forEach((name) => { field(name).value = values[name]; });
    form.action = dragged.href;
    form.submit();
  });

  document.addEventListener("dragend", () => {
    unmark();
    if (dragged) dragged.classList.remove("is-dragged");
    dragged = null;
    note.hidden = true;
  });
})();
