// The language switcher keeps the section that the reader is in. Without this script it keeps the page.

const sectionInView = () => {
  const headings = [...document.querySelectorAll(".md-content :is(h2, h3, h4)[id]")];
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
  return above.length ? `#${above.at(-1).id}` : "";
};

// What the address names counts only while it can be seen: it follows the reader's scrolling with a delay.
const hashInView = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const { top, bottom } = target?.getBoundingClientRect() ?? { top: Infinity, bottom: 0 };
  return bottom > 0 && top < innerHeight ? location.hash : "";
};

const keepSection = (event) => {
  const link = event.target.closest?.("a[data-keep-section]");
  if (link) link.hash = hashInView() || sectionInView();
};

// Before the click, so that the link is right too when it is opened in a new tab or copied.
for (const kind of ["pointerdown", "focusin", "click"]) document.addEventListener(kind, keepSection, true);

// What is wider than the page scrolls inside itself; the keyboard must reach it to scroll it.
const reachable = () => {
  for (const box of document.querySelectorAll(":is(.cell-output, .cell-error) pre, figure.diagram, figure.plot")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("resize", reachable);
reachable();

// Two things that Material leaves without a name, for those who hear the page: its search box, and the bar of each copy button.
addEventListener("load", () => {
  const search = document.querySelector(".md-search[role=dialog]");
  search?.setAttribute("aria-label", search.querySelector("input").ariaLabel);
  for (const bar of document.querySelectorAll(".md-code__nav")) bar.setAttribute("role", "none");
});
