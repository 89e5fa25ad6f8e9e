// A request that fails says what, why and what next in a toast; nothing typed is taken away.
import { toast } from "./toasts.js";
import { word } from "./words.js";

document.addEventListener("htmx:response:error", (event) => {
  const { status, raw } = event.detail.ctx.response;
  if (status === 422 || status === 409) return; // drawn in place by the screen
  const page = new DOMParser().parseFromString(event.detail.ctx.text ?? "", "text/html");
  const said = ["[data-failure-what]", "[data-failure-why]"]
    .map((part) => page.querySelector(part)?.textContent.trim())
    .filter(Boolean);
  toast(said.join(". ") || `${status} ${raw.statusText}`, "bad");
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && !event.detail.ctx.response && !event.detail.ctx.isQuiet) toast(word("lost"), "bad");
});
