// Focus is never lost after a swap: it returns to the same id, or to the piece that was swapped.
import { onto } from "./onto.js";

let held = null;

document.addEventListener("htmx:before:swap", (event) => {
  const target = event.detail.ctx?.target;
  const active = document.activeElement;
  held = target instanceof Element && active !== document.body && target.contains(active) ? { id: active.id, target } : null;
});

document.addEventListener("htmx:after:swap", () => {
  if (!held || document.activeElement !== document.body) return;
  const next = (held.id && document.getElementById(held.id)) || (held.target.isConnected ? held.target : document.getElementById(held.target.id)) || document.getElementById("main");
  if (next && next.tabIndex < 0 && !next.hasAttribute("tabindex")) next.tabIndex = -1;
  next?.focus({ preventScroll: true });
  held = null;
});

onto("[data-focus]", (element) => element.focus());
