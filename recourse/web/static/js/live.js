// data-live="case:RC-1042 counts" data-live-url="…": the panel fetches itself anew when the mark of one of its topics moves.
import { word } from "./words.js";

const PAUSE = 3000;
const CALM = 15000;
const address = document.querySelector('meta[name="live"]')?.content;
const state = document.querySelector("[data-live-state]");
const marks = new Map();
const freshAt = new WeakMap();
let isLost = false;
let isAsking = false;

const panels = () => [...document.querySelectorAll("[data-live][data-live-url]")];
const topicsOf = (panel) => panel.dataset.live.split(/\s+/).filter(Boolean);
const isCalm = (panel) => topicsOf(panel).every((topic) => !topic.startsWith("case:"));

function show(name) {
  if (!state) return;
  isLost = name !== "live";
  state.hidden = false;
  state.dataset.state = isLost ? "lost" : "live";
  for (const icon of state.querySelectorAll("[data-live-icon]")) icon.hidden = icon.dataset.liveIcon !== state.dataset.state;
  const said = state.querySelector("[data-live-word]");
  if (said.textContent !== word(name)) said.textContent = word(name);
  state.title = word(name);
}

function refresh(panel, moved) {
  const now = performance.now();
  if (isCalm(panel) && now - (freshAt.get(panel) ?? -CALM) < CALM) return false;
  freshAt.set(panel, now);
  const swap = panel.getAttribute("hx-swap") ?? "outerMorph";
  window.htmx.ajax("GET", panel.dataset.liveUrl, { source: panel, target: panel, swap, isQuiet: true });
  return moved;
}

function compare(found) {
  const moved = new Set(Object.keys(found).filter((topic) => marks.has(topic) && marks.get(topic) !== found[topic]));
  const held = new Set();
  for (const panel of panels()) {
    const mine = topicsOf(panel).filter((topic) => moved.has(topic));
    if (mine.length && !refresh(panel, true)) mine.forEach((topic) => held.add(topic));
  }
  for (const [topic, mark] of Object.entries(found)) if (!held.has(topic)) marks.set(topic, mark);
}

async function ask() {
  const topics = [...new Set(panels().flatMap(topicsOf))].sort();
  if (!topics.length || document.hidden || isAsking) return;
  isAsking = true;
  try {
    const wanted = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join("&");
    const answer = await fetch(`${address}?${wanted}`, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    compare((await answer.json()).marks);
    show("live");
  } catch {
    show(navigator.onLine ? "reconnecting" : "offline");
  } finally {
    isAsking = false;
  }
}

if (address) {
  ask();
  setInterval(ask, PAUSE);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("online", ask);
}
window.addEventListener("offline", () => show("offline"));
