// Puts the forgery token on every request that changes something, by htmx or by send().
function token() {
  return document.querySelector('meta[name="csrf"]')?.content ?? "";
}

document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  request.headers["X-Page"] = location.pathname;
  if (request.method !== "GET") request.headers["X-CSRFToken"] = token();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-csrf]") || form.elements.csrfmiddlewaretoken) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "csrfmiddlewaretoken", value: token() });
  form.append(field);
}, { capture: true });

export function send(url, body, options = {}) {
  return fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch", Accept: "text/html" },
    ...options,
  });
}
