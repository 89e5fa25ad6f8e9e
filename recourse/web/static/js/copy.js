// data-copy="text": puts the text on the clipboard and says so.
import { toast } from "./toasts.js";
import { word } from "./words.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(word("copied"));
  } catch {
    toast(word("not_copied"), "bad");
  }
});
