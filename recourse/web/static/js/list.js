// data-list: j and k move through the rows, Enter opens, x chooses, Shift-click chooses a stretch.
// data-row-key: that key presses it in the row that has the focus; a summary opens and its first field takes the focus.
import { onto } from "./onto.js";

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const linkOf = (row) => row.querySelector("a[href]");
const pickOf = (row) => row.querySelector(".row-pick");

function step(list, by) {
  const rows = rowsOf(list);
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))];
  linkOf(next)?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function pressIn(row, key) {
  const found = [...row.querySelectorAll("[data-row-key]")].find((one) => one.dataset.rowKey === key);
  found?.click();
  if (found?.matches("summary")) found.closest("details").querySelector("textarea, input:not([type='hidden'])")?.focus();
  return Boolean(found);
}

onto("[data-list]", (list) => {
  let last = null;
  list.addEventListener("click", (event) => {
    if (!event.target.matches(".row-pick")) return;
    const picks = rowsOf(list).map(pickOf).filter(Boolean);
    if (event.shiftKey && last) {
      const [from, to] = [picks.indexOf(last), picks.indexOf(event.target)].sort((a, b) => a - b);
      for (const pick of picks.slice(from, to + 1)) pick.checked = event.target.checked;
    }
    last = event.target;
  });
  const count = list.closest("form")?.querySelector("[data-list-count]");
  const label = count?.textContent;
  list.closest("form")?.addEventListener("change", () => {
    if (count) count.textContent = `${label}: ${list.querySelectorAll(".row-pick:checked").length}`;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("recourse.keys") === "off") return;
  if (event.target.closest('input:not([type="checkbox"]), textarea, select, dialog, [popover]:popover-open')) return;
  const list = event.target.closest("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(list, event.key === "j" ? 1 : -1);
  } else if (event.key === "x") {
    const pick = pickOf(document.activeElement.closest?.("[data-row]") ?? document.createElement("i"));
    pick?.click();
  } else {
    const row = event.target.closest?.("[data-row]");
    if (row && pressIn(row, event.key)) event.preventDefault();
  }
});
