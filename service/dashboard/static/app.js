// What pages do beside links and forms: the reader's zone, menus, completion of queries, links to copy.
"use strict";
(() => {
  if (!document.cookie.includes("textcx_zone=")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    document.cookie = `textcx_zone=${zone}; path=/; max-age=31536000; samesite=strict`;
    if (zone !== document.body.dataset.zone && document.cookie.includes("textcx_zone=")) location.reload();
  }

  function toast(words) {
    const note = document.createElement("p");
    note.className = "toast";
    note.setAttribute("role", "status");
    note.textContent = words;
    document.body.append(note);
    setTimeout(() => note.remove(), 4000);
  }

  document.addEventListener("change", (event) => {
    const field = event.target;
    const form = field.form;
    if (!form) return;
    if (field.matches("#period") && field.value) for (const day of form.querySelectorAll("[data-day]")) day.value = "";
    if (field.matches("[data-day]")) { const period = form.querySelector("#period"); if (period) period.value = ""; }
    for (const name of (field.dataset.clears || "").split(" ")) if (form.elements[name]) form.elements[name].value = "";
    if (field.matches("[data-submits]") && !(field.id === "period" && !field.value)) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    for (const field of event.target.querySelectorAll("input, select")) if (!field.value) field.disabled = true;
    setTimeout(() => { for (const field of event.target.querySelectorAll(":disabled")) field.disabled = false; }, 0);
  }, true);

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const link = event.target.closest("[data-copies]");
    if (link && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(link.href).then(() => toast(document.body.dataset.copied), () => { location.href = link.href; });
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.failed));
  document.addEventListener("htmx:responseError", () => toast(document.body.dataset.failed));

  // Where the page is narrow, what narrows it down would stand before what was found.
  const fit = () => {
    for (const one of document.querySelectorAll("[data-narrow-closed]")) one.open = innerWidth > 820;
    const [pages, here] = [".pages", ".pages [aria-current]"].map((selector) => document.querySelector(selector));
    if (here && innerWidth <= 820) pages.scrollLeft += here.getBoundingClientRect().left - pages.getBoundingClientRect().left - 40;
  };
  fit();
  document.addEventListener("htmx:afterSettle", () => {
    fit();
    if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
  });

  // What is wrong with a query is said below it while it is typed; the field itself says so too.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "q-trouble") return;
    document.getElementById("q").setAttribute("aria-invalid", String(Boolean(event.detail.target.querySelector("[data-wrong]"))));
  });

  // Completion: a combobox over /v1/complete (WAI-ARIA's pattern with a list), with help in the reader's language.
  const points = (text, units) => Array.from(text.slice(0, units)).length;
  const units = (text, count) => Array.from(text).slice(0, count).join("").length;
  let asked = 0;
  function close(input) {
    const list = document.getElementById(input.getAttribute("aria-controls"));
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  async function complete(input) {
    const mine = ++asked;
    const position = points(input.value, input.selectionStart);
    const answer = await fetch(`/v1/complete?${new URLSearchParams({ q: input.value, position })}`).catch(() => null);
    if (!answer || !answer.ok || mine !== asked || document.activeElement !== input) return;
    const found = (await answer.json()).completions.slice(0, 12);
    const list = document.getElementById(input.getAttribute("aria-controls"));
    const helps = JSON.parse(list.dataset.help);
    list.replaceChildren(...found.map((one, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const name = document.createElement("code");
      name.textContent = one.text;
      const help = document.createElement("span");
      help.className = "help";
      if (!helps[one.about]) help.lang = "en";
      help.textContent = helps[one.about] || one.help;
      item.append(name, help);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(input, one); });
      item.taken = one;
      return item;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  }
  function take(input, one) {
    const before = input.value.slice(0, units(input.value, one.start));
    const after = input.value.slice(units(input.value, one.end));
    const text = one.kind === "field" || after.startsWith(" ") || one.text.endsWith(":") ? one.text : `${one.text} `;
    input.value = before + text + after;
    input.setSelectionRange((before + text).length, (before + text).length);
    close(input);
    if (one.text.endsWith(":")) complete(input);
  }
  let pause = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-completes]")) return;
    clearTimeout(pause);
    pause = setTimeout(() => complete(event.target), 120);
  });
  document.addEventListener("focusout", (event) => { if (event.target.matches("[data-completes]")) close(event.target); });
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("[data-completes]")) return;
    const items = Array.from(document.getElementById(input.getAttribute("aria-controls")).children);
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" && !items.length) { event.preventDefault(); complete(input); return; }
    if (!items.length) return;
    if (event.key === "Escape") { event.preventDefault(); close(input); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(input, items[at].taken); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
      items.forEach((item, index) => item.setAttribute("aria-selected", String(index === next)));
      input.setAttribute("aria-activedescendant", items[next].id);
      items[next].scrollIntoView({ block: "nearest" });
    }
  });
})();
