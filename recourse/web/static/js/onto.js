// onto(selector, start): run `start` once for each element that matches, now and after every swap.
const behaviours = [];

function mount(root) {
  for (const { selector, start, seen } of behaviours) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.push(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      start(element);
    }
  }
}

export function onto(selector, start) {
  behaviours.push({ selector, start, seen: new WeakSet() });
  mount(document.documentElement);
}

document.addEventListener("htmx:after:process", (event) => {
  if (event.target instanceof Element) mount(event.target);
});
document.addEventListener("htmx:after:swap", () => mount(document.documentElement));
