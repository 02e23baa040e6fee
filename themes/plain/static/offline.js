// Lets the browser keep the newest edition, where the settings say so.
navigator.serviceWorker?.register(document.currentScript.dataset.worker).catch(() => {});
