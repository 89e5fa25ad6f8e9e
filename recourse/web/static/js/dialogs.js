// command="show-modal" for browsers that do not know it yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[command="show-modal"][commandfor]');
    if (button) document.getElementById(button.getAttribute("commandfor"))?.showModal();
  });
}

document.addEventListener("click", (event) => {
  const dialog = event.target;
  if (dialog instanceof HTMLDialogElement && dialog.getAttribute("closedby") === "any" && !("closedBy" in dialog)) dialog.close();
});
