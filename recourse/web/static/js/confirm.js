// data-confirm="What will happen": asked in a dialog before the press counts. Works for links, forms and htmx alike.
import { labelOf } from "./keys.js";

const dialog = document.getElementById("ask");
const agreed = new WeakSet();

document.addEventListener("click", (event) => {
  const element = event.target.closest?.("[data-confirm]");
  if (!element || !dialog || element.getAttribute("aria-disabled") === "true") return;
  if (agreed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  dialog.querySelector("#ask-text").textContent = element.dataset.confirm;
  dialog.querySelector("[data-ask-yes]").textContent = labelOf(element);
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    element.focus();
    if (dialog.returnValue !== "yes") return;
    agreed.add(element);
    element.click();
  }, { once: true });
  dialog.showModal();
}, { capture: true });
