"use strict";
// The page is complete without this script. It adds: one switch for all code, tables that sort,
// wide tables and figures that the keyboard can scroll, and the place in the contents.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const folds = all("details.code");
  const switches = all("button.code-switch");
  const isOpen = () => folds.length > 0 && folds.every((fold) => fold.open);
  const tell = () => switches.forEach((button) => {
    button.setAttribute("aria-pressed", String(isOpen()));
    button.hidden = folds.length === 0;
  });
  switches.forEach((button) => button.addEventListener("click", () => {
    const open = !isOpen();
    folds.forEach((fold) => { fold.open = open; });
    tell();
  }));
  folds.forEach((fold) => fold.addEventListener("toggle", tell));
  tell();

  const MISSING = new Set(["", "–"]);
  const collator = new Intl.Collator("en", { numeric: true });
  const text = (row, at) => row.cells[at].textContent.trim();
  const number = (words) => {
    const plain = words.replace(/,/g, "").replace("−", "-").replace(/\s*(%|per cent)$/, "");
    return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
  };
  const comparison = (words) => words.every((word) => number(word) !== null)
    ? (one, other) => number(one) - number(other)
    : collator.compare;
  const sort = (table, at, direction) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const known = rows.filter((row) => !MISSING.has(text(row, at)));
    const compare = comparison(known.map((row) => text(row, at)));
    known.sort((one, other) => direction * compare(text(one, at), text(other, at)));
    body.append(...known, ...rows.filter((row) => MISSING.has(text(row, at))));
  };
  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, at, down ? -1 : 1);
      });
    });
  };
  all("main table").filter((table) => table.tHead && table.tBodies.length === 1
    && table.tBodies[0].rows.length >= 6
    && [...table.rows].every((row) => row.cells.length === table.tHead.rows[0].cells.length))
    .forEach(sortable);

  const regions = all(".table, .drawing, main pre");
  const scrolls = (region) => {
    const wide = region.scrollWidth > region.clientWidth + 1;
    const words = region.querySelector("caption, svg[aria-label]");
    if (!wide) {
      ["tabindex", "role", "aria-label"].forEach((name) => region.removeAttribute(name));
      return;
    }
    region.tabIndex = 0;
    region.setAttribute("role", "group");
    region.setAttribute("aria-label", "Scrolls sideways" + (words && words.matches("caption") ? ": " + words.textContent : ""));
  };
  const watch = new ResizeObserver((seen) => seen.forEach((one) => scrolls(one.target)));
  regions.forEach((region) => watch.observe(region));

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target && target.closest("details:not([open])");
    if (!fold) return;
    fold.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  const links = all(".contents-column a");
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const mark = () => {
    const passed = headings.filter((heading) => heading && heading.getBoundingClientRect().top < 120);
    const here = headings.indexOf(passed[passed.length - 1]);
    links.forEach((link, at) => at === here
      ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current"));
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
})();
