// Completion of names in the text of a question: tables and columns that are on the page, and a few words of SQL.
// The page works without it. A text of several lines may not be a combobox: it stays a
// textbox with aria-autocomplete, whose active option is in the listbox; the focus stays in the text (WAI-ARIA 1.2).
(() => {
  "use strict";
  const text = document.querySelector("textarea[data-completion]");
  if (!text) return;
  const WORDS = ["SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "JOIN", "USING", "HAVING", "DISTINCT", "count(*)", "sum", "avg", "median", "min", "max", "round", "year", "month"];
  const names = new Map();
  for (const list of document.querySelectorAll("[data-table]")) {
    names.set(list.dataset.table, "table");
    for (const name of list.querySelectorAll("dt code")) if (!names.has(name.textContent)) names.set(name.textContent, name.closest("dt").nextElementSibling.textContent);
  }
  for (const word of WORDS) if (!names.has(word)) names.set(word, "SQL");
  const plain = (name) => name.replace(/^"|"$/g, "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const list = document.createElement("ul");
  list.id = "propositions";
  list.className = "completion";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", text.labels[0].textContent);
  list.hidden = true;
  text.after(list);
  const help = document.querySelector("[data-completion-help]");
  if (help) help.hidden = false;
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-haspopup", "listbox");
  text.setAttribute("aria-controls", list.id);

  let chosen = -1;
  const word = () => (/("[^"\n]*|[\p{L}_][\p{L}\p{N}_]*)$/u.exec(text.value.slice(0, text.selectionStart)) || [""])[0];
  const close = () => {
    list.hidden = true;
    chosen = -1;
      text.removeAttribute("aria-activedescendant");
  };
  const choose = (at) => {
    const options = [...list.children];
    chosen = (at + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
    options[chosen].scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const take = (option) => {
    const start = text.selectionStart - word().length;
    text.setRangeText(option.dataset.name, start, text.selectionStart, "end");
    close();
    text.focus();
  };
  const propose = () => {
    const typed = plain(word());
    const found = typed.length < 2 ? [] : [...names.keys()].filter((name) => plain(name).includes(typed) && plain(name) !== typed)
      .sort((a, b) => plain(b).startsWith(typed) - plain(a).startsWith(typed)).slice(0, 8);
    if (!found.length) { close(); return; }
    list.replaceChildren(...found.map((name, at) => {
      const option = document.createElement("li");
      option.id = `proposition-${at}`;
      option.dataset.name = name;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const kind = document.createElement("small");
      kind.textContent = names.get(name);
      option.append(name, " ", kind);
      return option;
    }));
    chosen = -1;
    text.removeAttribute("aria-activedescendant");
    list.hidden = false;
  };
  text.addEventListener("input", propose);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); text.form.requestSubmit(); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
    // Without a choice, Enter and Tab do what they always do.
    else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) { event.preventDefault(); take(option); }
  });
})();
