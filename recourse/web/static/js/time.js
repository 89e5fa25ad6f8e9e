// time[data-relative-time]: keeps “20 min ago” true while the page stays open. Same words as the server's.
import { word } from "./words.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

function length(seconds) {
  const s = Math.floor(Math.abs(seconds));
  const two = (large, small, n, isFine) => (isFine && n ? `${large} ${word(small, { n })}` : large);
  if (s < HOUR) return word("min", { n: Math.floor(s / MINUTE) });
  if (s < DAY) return two(word("hours", { n: Math.floor(s / HOUR) }), "min", Math.floor((s % HOUR) / MINUTE), s < 10 * HOUR);
  return two(word("days", { n: Math.floor(s / DAY) }), "hours", Math.floor((s % DAY) / HOUR), s < 3 * DAY);
}

export function relative(seconds) {
  if (Math.abs(seconds) < MINUTE) return word("now");
  return word(seconds > 0 ? "in" : "ago", { length: length(seconds) });
}

function tick() {
  for (const time of document.querySelectorAll("time[data-relative-time]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    if (Math.abs(seconds) > 14 * DAY) continue; // a date, said by the server
    const said = relative(seconds);
    if (time.textContent !== said) time.textContent = said;
  }
}

setInterval(() => { if (!document.hidden) tick(); }, 20000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
