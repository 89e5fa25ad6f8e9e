// data-draft="<url>" on a form: saves itself while one types, says so, and keeps the text in the tab when the server cannot.
import { send } from "./csrf.js";
import { onto } from "./onto.js";
import { word } from "./words.js";

const PAUSE = 800;

onto("form[data-draft]", (form) => {
  const key = `recourse.draft:${form.dataset.draft}`;
  const place = form.querySelector("[data-draft-state]");
  let timer = 0;
  let isDirty = false;
  let last = "";

  const say = (name, tone = "") => {
    if (!place) return;
    place.textContent = word(name);
    place.dataset.tone = tone;
  };
  const texts = () => [...form.querySelectorAll("textarea, input[type='text']")].filter((field) => field.name);
  const written = () => JSON.stringify(texts().map((field) => [field.name, field.value]));

  const keep = () => {
    sessionStorage.setItem(key, written());
    say("kept", "bad");
  };

  async function save(options) {
    const now = written();
    if (now === last) return;
    say("saving");
    try {
      const answer = await send(form.dataset.draft, new FormData(form), options);
      if (!answer.ok) throw new Error(String(answer.status));
      last = now;
      isDirty = written() !== now;
      sessionStorage.removeItem(key);
      say("saved");
    } catch {
      keep();
    }
  }

  const kept = sessionStorage.getItem(key);
  if (kept) {
    let isChanged = false;
    for (const [name, value] of JSON.parse(kept)) {
      const field = form.elements.namedItem(name);
      if (field && "value" in field && field.value !== value && value) {
        field.value = value;
        isChanged = true;
      }
    }
    if (isChanged) say("restored");
  }
  last = written();

  form.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    isDirty = false;
  });
  window.addEventListener("online", () => { if (isDirty) save(); });
  const leave = () => { if (isDirty && form.isConnected) save({ keepalive: true }); };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
});

document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  const form = sourceElement?.closest?.("form[data-draft]");
  if (form && response.status < 400) sessionStorage.removeItem(`recourse.draft:${form.dataset.draft}`);
});
