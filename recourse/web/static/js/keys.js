// data-keys="r" or "g i": single keys and sequences that press or focus an element. `?` lists what is on the page.
import { word } from "./words.js";

const SWITCH = "recourse.keys";
const WAIT = 1200;
let typed = [];
let timer = 0;

const isOn = () => localStorage.getItem(SWITCH) !== "off";
const isTyping = (element) => element.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"], [role="combobox"]');

export function labelOf(element) {
  return (element.dataset.keyLabel || element.dataset.verb || element.dataset.place || element.getAttribute("aria-label")
    || [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ")).trim();
}

export function isShown(element) {
  return element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;
}

export function press(element) {
  if (!isShown(element) && !element.closest("[popover]") && !("keysAlways" in element.dataset)) return false;
  if (element.matches("input:not([type='checkbox'], [type='radio']), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
  return true;
}

function bound(sequence) {
  const inDialog = document.querySelector("dialog[open]");
  const root = inDialog ?? document;
  return [...root.querySelectorAll("[data-keys]")].filter((element) => element.dataset.keys === sequence);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog, [popover]")) {
    event.target.blur();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!isOn() || isTyping(event.target) || event.key.length !== 1 || event.key === " ") return;
  typed.push(event.key);
  clearTimeout(timer);
  timer = setTimeout(() => { typed = []; }, WAIT);
  for (let from = 0; from < typed.length; from += 1) {
    const match = bound(typed.slice(from).join(" ")).find(press);
    if (match) {
      event.preventDefault();
      typed = [];
      return;
    }
  }
});

function listKeys() {
  const place = document.querySelector("[data-key-help]");
  if (!place) return;
  place.replaceChildren();
  const groups = new Map([["keys_page", []], ["keys_places", []]]);
  for (const element of document.querySelectorAll("[data-keys]")) {
    groups.get(element.dataset.place ? "keys_places" : "keys_page").push(element);
  }
  for (const [name, elements] of groups) {
    if (!elements.length) continue;
    const title = document.createElement("h3");
    title.textContent = word(name);
    const list = document.createElement("dl");
    list.className = "key-list";
    for (const element of elements) {
      const keys = document.createElement("dt");
      for (const key of element.dataset.keys.split(" ")) {
        const hint = document.createElement("kbd");
        hint.textContent = key;
        keys.append(hint, " ");
      }
      const said = document.createElement("dd");
      said.textContent = labelOf(element);
      list.append(keys, said);
    }
    place.append(title, list);
  }
  const always = document.createElement("h3");
  always.textContent = word("keys_always");
  place.append(always);
}

document.getElementById("keys")?.addEventListener("toggle", listKeys);
document.addEventListener("click", (event) => { if (event.target.closest('[commandfor="keys"]')) listKeys(); }, { capture: true });
const choice = document.querySelector("[data-keys-switch]");
if (choice) {
  choice.checked = isOn();
  choice.addEventListener("change", () => localStorage.setItem(SWITCH, choice.checked ? "on" : "off"));
}
