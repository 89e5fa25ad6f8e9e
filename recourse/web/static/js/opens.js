// <input type="checkbox" data-opens="id">: ticking it opens the details with that id.
document.addEventListener("change", ({ target }) => {
  const details = target.checked && target.dataset.opens && document.getElementById(target.dataset.opens);
  if (details && !details.open) details.open = true;
});
