// What a hand does in the overlay: close it and have it stay closed, open it again, copy a path.
(() => {
  const host = document.querySelector("broadsheet-preview");
  const layer = host.shadowRoot;
  const dialog = layer.querySelector("dialog");
  const remembered = "broadsheet-closed";

  if (dialog) {
    if (sessionStorage.getItem(remembered) === dialog.dataset.key) dialog.close();
    dialog.addEventListener("close", () => sessionStorage.setItem(remembered, dialog.dataset.key));
    layer.querySelector(".errors").addEventListener("click", () => {
      sessionStorage.removeItem(remembered);
      dialog.show();
    });
    addEventListener("keydown", (event) => event.key === "Escape" && dialog.open && dialog.close());
  }

  layer.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1200);
  });

  // A save between the page's loading and the connection, or a server that was started again, would go unseen.
  document.addEventListener("LiveReloadConnect", async () => {
    const token = await (await fetch("/livereload/token")).text();
    if (token !== host.dataset.token) location.reload();
  });
})();
