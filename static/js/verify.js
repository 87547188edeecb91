// Verifying by keyboard, and the size of the page beside it. Without this file the answers are chosen and saved as in
// any form.
"use strict";

(() => {
  const doc = document;
  const checks = () => [...doc.querySelectorAll("[data-check]")];
  const current = () => doc.activeElement.closest("[data-check]") || doc.querySelector("[data-check].is-now");
  const press = (name) => {
    const button = doc.querySelector('[data-verify="' + name + '"]');
    if (button) button.click();
  };

  // A fact that is the same, or cannot be read, is said with one press; one that differs waits for what the paper
  // shows.
  const chosen = (radio) => {
    const check = radio.closest("[data-check]");
    if (radio.value === "differs") check.querySelector(".cmp__then input").focus(); else press("save");
  };
  doc.addEventListener("change", (event) => {
    if (event.target.matches("[data-check] [type=radio]")) chosen(event.target);
  });

  const go = (step) => {
    const all = checks();
    const next = all[all.indexOf(current()) + step];
    if (!next) return;
    all.forEach((check) => check.classList.toggle("is-now", check === next));
    next.querySelector("[type=radio]").focus();
    next.scrollIntoView({ block: "nearest" });
  };
  doc.addEventListener("htmx:afterSwap", (event) => {
    const now = event.detail.target.id === "checks" && doc.querySelector("[data-check].is-now [type=radio]");
    if (now) now.focus();
  });

  // The page larger, smaller, turned; it starts as wide as its place.
  const look = { size: 100, turn: 0 };
  const draw = () => doc.querySelectorAll("[data-leaf] img").forEach((page) => {
    page.style.inlineSize = look.size + "%";
    page.style.transform = "rotate(" + look.turn + "deg)";
  });
  const resize = (by) => { look.size = Math.min(300, Math.max(50, look.size + by)); draw(); };
  doc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-leaf-act]");
    if (!button) return;
    if (button.dataset.leafAct === "turn") { look.turn = (look.turn + 90) % 360; draw(); } else {
      resize(button.dataset.leafAct === "larger" ? 25 : -25);
    }
  });

  doc.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!doc.querySelector("[data-verify-keys]")) return;
    const writes = event.target.closest("input:not([type=radio]), select, textarea, [contenteditable]");
    if (writes) return;
    const key = event.key.toLowerCase();
    const check = current();
    if ("123".includes(key) && check) {
      const radio = check.querySelectorAll("[type=radio]")[Number(key) - 1];
      radio.checked = true;
      chosen(radio);
    } else if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "n" || key === "z") press(key);
    else if (key === "+" || key === "=") resize(25);
    else if (key === "-" || key === "−") resize(-25);
    else return;
    event.preventDefault();
  });
})();
