"use strict";
// The table of all claims: search, filters, order. The view stands in the address, as in
// #q=drone&verdict=fails, so that it can be sent; text from there is compared, never shown as markup.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const id = (name) => document.getElementById(name);
  const facets = [...form.querySelectorAll("select")];
  const body = id("claims-table").tBodies[0];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...body.rows].map((row, place) => ({ row, place, text: plain(row.textContent) }));
  const heads = [...id("claims-table").querySelectorAll("th[data-sort]")];

  const cell = (one, name) => one.row.querySelector("." + name).textContent;
  const by = new Intl.Collator("en", { numeric: true }).compare;
  const orders = {
    claim: (a, b) => a.place - b.place,
    where: (a, b) => by(cell(a, "where"), cell(b, "where")),
    section: (a, b) => by(cell(a, "section"), cell(b, "section")),
    verdict: (a, b) => a.row.dataset.order - b.row.dataset.order,
    robustness: (a, b) => a.row.dataset.share - b.row.dataset.share,
  };
  const missing = (one, key) => key === "robustness" && one.row.dataset.share === undefined;

  // A view: the words searched for, one setting for each filter, a column to sort by.
  function read(fragment) {
    const said = new URLSearchParams(fragment.replace(/^#/, ""));
    const view = { q: (said.get("q") || "").slice(0, 200) };
    for (const facet of facets) {
      const asked = (said.get(facet.name) || "").toLowerCase();
      view[facet.name] = [...facet.options].some((o) => o.value === asked) ? asked : "";
    }
    const sort = said.get("sort") || "";
    const isKnown = heads.some((head) => head.dataset.sort === sort.replace(/^-/, ""));
    return { ...view, sort: isKnown ? sort : "" };
  }

  function chosen() {
    const view = { q: id("q").value };
    for (const facet of facets) view[facet.name] = facet.value;
    return { ...view, sort };
  }

  function written(view) {
    const said = new URLSearchParams();
    for (const [name, value] of Object.entries(view)) if (value.trim()) said.set(name, value.trim());
    return "#" + (said.toString() || "claims");
  }

  let sort = "";
  let sorted = "";
  function show(view) {
    if (id("q").value.trim() !== view.q) id("q").value = view.q;
    for (const facet of facets) facet.value = view[facet.name];
    sort = view.sort;
    order();
    const words = plain(view.q).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const { row, text } of rows) {
      const fits = facets.every((f) => !f.value || row.dataset[f.name] === f.value) &&
        words.every((word) => text.includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      left += fits;
    }
    for (const facet of facets) facet.classList.toggle("set", Boolean(facet.value));
    id("none").hidden = left > 0;
    id("count").textContent =
      left === rows.length ? `${left} claims` : `${left} of ${rows.length} claims`;
    id("copied").textContent = "";
  }

  function order() {
    if (sort === sorted) return;
    const key = sort.replace(/^-/, "") || "claim";
    const turn = sort.startsWith("-") ? -1 : 1;
    const list = [...rows].sort((a, b) =>
      missing(a, key) - missing(b, key) ||
      (missing(a, key) ? 0 : turn * orders[key](a, b)) || a.place - b.place);
    body.append(...list.map((one) => one.row));
    for (const head of heads) {
      if (sort && head.dataset.sort === key) {
        head.setAttribute("aria-sort", turn < 0 ? "descending" : "ascending");
      } else head.removeAttribute("aria-sort");
    }
    sorted = sort;
  }

  // Each change is a step that the back button undoes; typing a search is one step.
  let typing = false;
  let waiting;
  function go(view, isTyping) {
    show(view);
    clearTimeout(waiting);
    const keep = () => {
      if (written(view) === location.hash) return;
      history[isTyping && typing ? "replaceState" : "pushState"](null, "", written(view));
      typing = isTyping;
    };
    // Browsers refuse addresses that change with every key.
    if (isTyping) waiting = setTimeout(keep, 250);
    else keep();
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  id("q").addEventListener("input", () => go(chosen(), true));
  for (const facet of facets) facet.addEventListener("change", () => go(chosen(), false));
  id("clear").addEventListener("click", () => {
    go(read(""), false);
    id("q").focus();
  });
  id("copy").addEventListener("click", async () => {
    clearTimeout(waiting);
    history.replaceState(null, "", written(chosen()));
    try {
      await navigator.clipboard.writeText(location.href);
      id("copied").textContent = "Copied.";
    } catch {
      id("copied").textContent = "Copy it from the address bar.";
    }
  });
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const key = head.dataset.sort;
      const next = { [key]: "-" + key, ["-" + key]: "" }[sort];
      go({ ...chosen(), sort: next === undefined ? key : next }, false);
    });
  }
  for (const item of document.querySelectorAll("[data-view]")) {
    const link = document.createElement("a");
    link.href = "#" + item.dataset.view;
    link.append(...item.childNodes);
    item.append(link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(read(item.dataset.view), false);
      id("claims").scrollIntoView();
    });
  }
  addEventListener("hashchange", () => {
    clearTimeout(waiting);
    typing = false;
    show(read(location.hash));
  });
  if (location.hash.includes("=")) {
    show(read(location.hash));
    id("claims").scrollIntoView();
  }
})();
