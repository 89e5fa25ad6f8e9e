// data-theme-form: light, dark and density take effect at once; the server keeps the choice.
import { send } from "./csrf.js";
import { onto } from "./onto.js";

onto("form[data-theme-form]", (form) => {
  form.addEventListener("change", () => {
    const root = document.documentElement;
    root.dataset.theme = form.elements.theme.value;
    root.dataset.density = form.elements.density.value;
    send(form.action, new FormData(form)).catch(() => {});
  });
});
