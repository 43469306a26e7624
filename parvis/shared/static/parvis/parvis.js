// Small comforts for those who have JavaScript; every page works without it.
(() => {
  "use strict";
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
