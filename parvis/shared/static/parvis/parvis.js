// Small comforts for those who have JavaScript; every page works without it.
(() => {
  "use strict";
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();

  // What is being typed survives a reload or a closed lid, in this tab only, until the page itself holds something else.
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const fields = [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type));
    const ticked = (field) => field.type === "checkbox" || field.type === "radio";
    const read = () => fields.map((field) => (ticked(field) ? field.checked : field.value));
    const key = `draft:${location.pathname}`;
    const given = JSON.stringify(read());
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(key)); } catch { /* storage refused: nothing is kept */ }
    if (kept && kept.given === given && kept.typed.length === fields.length) {
      fields.forEach((field, at) => { if (ticked(field)) field.checked = kept.typed[at]; else field.value = kept.typed[at]; });
      const notice = form.querySelector("[data-draft-notice]");
      if (notice && JSON.stringify(read()) !== given) notice.hidden = false;
    }
    form.addEventListener("input", () => {
      try { sessionStorage.setItem(key, JSON.stringify({ given, typed: read() })); } catch { /* full or refused */ }
    });
  }
})();
