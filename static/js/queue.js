// The queue of the bank's lines by keyboard: J and K walk the lines, 1 to 4 choose an offer. A key sends nothing: Enter
// presses the button that has the focus, as everywhere. Whoever turned the keys off has no page with data-keys.
"use strict";

(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const lines = () => [...queue.querySelectorAll("[data-line]")];
  const land = (line) => {
    const target = line.querySelector("button, a.btn");
    if (!target) return;
    target.focus();
    line.scrollIntoView({ block: "nearest" });
  };
  // Once the page is whole: until then the browser's own jump to #queue takes the focus away again.
  window.addEventListener("load", () => {
    if (window.location.hash === "#queue" && lines()[0]) land(lines()[0]);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("[data-keys]")) return;
    if (event.target.closest("input:not([type=radio]), select, textarea, [contenteditable]")) return;
    const here = document.activeElement.closest("[data-line]");
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step) {
      const all = lines();
      const next = all[here ? all.indexOf(here) + step : 0];
      if (next) land(next);
    } else if (here && /^[1-4]$/.test(event.key)) {
      const offer = here.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      if (offer) { offer.checked = true; land(here); }
    } else if (here && event.key.toLowerCase() === "s") {
      const open = here.querySelector("[data-open]");
      if (open) open.click();
    }
  });
})();
