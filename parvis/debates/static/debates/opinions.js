// Answering with one key, while the focus is inside the card only: keys of screen readers and of browsers keep their meaning.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const card = document.getElementById("opinion");
    if (!card || !card.contains(document.activeElement) || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.activeElement.matches("input, textarea, select")) return;
    const button = card.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // The next statement, or the word that none is left, takes the focus, so that it is read and the keys go on working.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "opinion") return;
    const next = ["affirmation", "tout-repondu", "opinion"].map((id) => document.getElementById(id)).find(Boolean);
    next.focus({ preventScroll: true });
  });
})();
