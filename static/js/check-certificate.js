// Checks the seal of a certificate's PDF on this computer: nothing is sent anywhere. KEYS: public keys by name, base64.
"use strict";
const MARK = "\n%TDAP-CERTIFICATE-1 ";

function bytes(text) { return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)); }

function find(content, mark) {
  const wanted = new TextEncoder().encode(mark);
  for (let at = 0; at + wanted.length <= content.length; at += 1) {
    if (wanted.every((value, offset) => content[at + offset] === value)) return at;
  }
  return -1;
}

async function readSeal(content) {
  const at = find(content, MARK);
  if (at < 0) return { code: "no_seal" };
  const line = new TextDecoder().decode(content.slice(at + MARK.length));
  const [given, signature, ...more] = line.replace(/\n$/, "").split(" ");
  const isOneLine = line.endsWith("\n") && line.indexOf("\n") === line.length - 1;
  if (!isOneLine || more.length || !signature) return { code: "changed" };
  let said;
  try {
    said = JSON.parse(new TextDecoder().decode(bytes(given)));
  } catch {
    return { code: "changed" };
  }
  if (!Object.hasOwn(KEYS, said.key)) return { code: "other_key" };
  try {
    const key = await crypto.subtle.importKey("raw", bytes(KEYS[said.key]), { name: "Ed25519" }, false, ["verify"]);
    if (btoa(atob(signature)) !== signature) return { code: "changed" }; // another spelling of the same bytes
    const signed = content.slice(0, at + MARK.length + given.length);
    const holds = await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(signature), signed);
    return { code: holds ? "whole" : "changed", facts: said.facts };
  } catch (fault) {
    return { code: fault.name === "NotSupportedError" ? "old_browser" : "changed" };
  }
}

document.getElementById("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  for (const verdict of document.querySelectorAll("[data-verdict]")) verdict.hidden = true;
  if (!file) return;
  const found = await readSeal(new Uint8Array(await file.arrayBuffer()));
  const verdict = document.querySelector(`[data-verdict="${found.code}"]`);
  verdict.hidden = false;
  if (found.code !== "whole") return;
  for (const place of document.querySelectorAll("[data-fact]")) {
    place.textContent = found.facts[place.dataset.fact] ?? "";
  }
});
