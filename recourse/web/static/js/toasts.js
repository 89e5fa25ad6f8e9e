// data-toast, data-undo: short words that go away by themselves; an undo stays exactly as long as it can be used.
import { onto } from "./onto.js";
import { word } from "./words.js";

const READ_FOR = 6000;

export function toast(text, tone = "plain") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = `toast is-${tone}`;
  box.dataset.toast = "";
  const said = document.createElement("span");
  said.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button is-quiet is-small";
  close.dataset.dismiss = "";
  close.textContent = word("dismiss");
  box.append(said, close);
  place.append(box);
  start(box, tone === "bad" ? 0 : READ_FOR);
}

const started = new WeakSet();

function start(box, after) {
  if (started.has(box)) return;
  started.add(box);
  if (after === 0) return;
  let timer = setTimeout(() => box.remove(), after);
  if ("undo" in box.dataset) return; // the server lets go at its own time, so waiting would lie
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => box.remove(), READ_FOR);
  };
  box.addEventListener("pointerenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("pointerleave", release);
  box.addEventListener("focusout", release);
}

onto("[data-toast]", (box) => start(box, box.classList.contains("is-bad") ? 0 : READ_FOR));
onto("[data-undo]", (box) => start(box, Number(box.dataset.undo || 10) * 1000));
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove());
