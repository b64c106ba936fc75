/** In the frame of an embedded Checkout: tells the page around it how tall it is, and when it is over. */
(() => {
  const tell = (message) => window.parent.postMessage({ source: "local-stripe", ...message }, "*");
  new ResizeObserver(() => tell({ height: document.body.offsetHeight })).observe(document.body);
  const end = document.querySelector("[data-complete]");
  if (end) tell({ complete: true, returnUrl: end.dataset.return ?? null });
})();
