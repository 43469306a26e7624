// Fast coding: figures choose and lead to the next criterion, Enter saves. Without this script the page is an ordinary form.
(() => {
  "use strict";
  const form = document.querySelector(".coding-form");
  if (!form) return;
  const groups = [...form.querySelectorAll("fieldset[data-criterion]")];
  const radios = (group) => [...group.querySelectorAll("input[type=radio]")];
  const chosen = (group) => radios(group).find((one) => one.checked);

  // A criterion that the others do not ask is out of sight, and not sent.
  const follow = () => {
    for (const group of groups) {
      const on = group.dataset.onlyIf;
      if (!on) continue;
      const other = groups.find((one) => one.dataset.criterion === on);
      const value = other && chosen(other) ? chosen(other).value : "";
      group.hidden = group.disabled = value !== "" && !group.dataset.onlyValues.split(" ").includes(value);
    }
  };
  const open = () => groups.filter((group) => !group.hidden);
  const focus = (group) => {
    const target = group ? chosen(group) || radios(group)[0] : form.querySelector("button.btn");
    target.focus();
    if (group) group.scrollIntoView({ block: "nearest" });
  };
  const guide = (group) => {
    for (const one of document.querySelectorAll("details[data-guide]")) one.open = one.dataset.guide === group.dataset.criterion;
  };
  const current = () => open().find((group) => group.contains(document.activeElement)) || open().find((group) => !chosen(group));

  form.addEventListener("change", follow);
  form.addEventListener("focusin", (event) => {
    const group = event.target.closest("fieldset[data-criterion]");
    if (group) guide(group);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.target.tagName === "INPUT" && event.target.type !== "radio") return;
    const at = "1234567890".indexOf(event.key);
    const group = current();
    if (at < 0 || !group || !radios(group)[at]) return;
    event.preventDefault();
    radios(group)[at].checked = true;
    follow();
    const later = open();
    focus(later[later.indexOf(group) + 1]);
  });
  follow();
  if (!document.querySelector(".error-summary") && groups.length) focus(open().find((group) => !chosen(group)) || groups[0]);
})();
