// Ctrl/⌘ K: everything that may be done on this page (data-verb) and every place (data-place), found by typing.
import { isShown, labelOf } from "./keys.js";
import { word } from "./words.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector('[role="listbox"]');
const none = dialog?.querySelector(".palette-none");
let options = [];
let chosen = 0;

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function fits(label, query) {
  const text = folded(label);
  return query.split(/\s+/).every((part) => text.includes(part));
}

function choices() {
  const seen = new Set();
  const once = (element) => {
    const label = labelOf(element);
    return !seen.has(label) && seen.add(label);
  };
  const verbs = [...document.querySelectorAll("[data-verb]")].filter((element) => isShown(element) && once(element));
  const places = [...document.querySelectorAll("[data-place]")].filter(once);
  return [["do", verbs], ["go_to", places]];
}

function reasonOf(element) {
  if (element.getAttribute("aria-disabled") !== "true") return "";
  return document.getElementById(element.getAttribute("aria-describedby"))?.textContent ?? "";
}

function option(label, run, { keys = "", reason = "" } = {}) {
  const item = document.createElement("div");
  item.role = "option";
  item.id = `palette-${options.length}`;
  const said = document.createElement("span");
  said.textContent = label;
  item.append(said);
  if (reason) {
    item.setAttribute("aria-disabled", "true");
    const why = document.createElement("small");
    why.textContent = reason;
    item.append(why);
  }
  if (keys) {
    const hint = document.createElement("kbd");
    hint.textContent = keys;
    item.append(hint);
  }
  item.addEventListener("click", () => act(run, reason));
  options.push({ item, run, reason });
  return item;
}

function act(run, reason) {
  if (reason) return;
  dialog.close();
  run();
}

function draw() {
  const query = folded(input.value.trim());
  options = [];
  chosen = 0;
  list.replaceChildren();
  for (const [name, elements] of choices()) {
    const found = elements.filter((element) => fits(labelOf(element), query));
    if (!found.length) continue;
    const group = document.createElement("div");
    group.role = "group";
    group.setAttribute("aria-label", word(name));
    const title = document.createElement("span");
    title.textContent = word(name);
    title.setAttribute("aria-hidden", "true");
    group.append(title, ...found.map((element) => option(labelOf(element), () => element.click(), { keys: element.dataset.keys, reason: reasonOf(element) })));
    list.append(group);
  }
  if (query) list.append(option(word("search_for", { query: input.value.trim() }), search));
  none.hidden = options.length > 0;
  none.textContent = word("nothing_found");
  show();
}

function search() {
  const field = document.getElementById("search");
  if (!field) return;
  field.value = input.value.trim();
  field.form.requestSubmit();
}

function show() {
  options.forEach(({ item }, at) => item.setAttribute("aria-selected", String(at === chosen)));
  const current = options[chosen]?.item;
  if (current) {
    input.setAttribute("aria-activedescendant", current.id);
    current.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function open() {
  if (!dialog || dialog.open) return;
  input.value = "";
  draw();
  dialog.showModal();
}

if (dialog) {
  input.addEventListener("input", draw);
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      chosen = (chosen + step + options.length) % options.length;
      show();
    } else if (event.key === "Enter" && options[chosen]) {
      event.preventDefault();
      act(options[chosen].run, options[chosen].reason);
    }
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-opens-palette]")) open(); });
}
