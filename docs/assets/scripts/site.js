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

// Material leaves the bar of each copy button without a name, for those who hear the page.
addEventListener("load", () => {
  for (const bar of document.querySelectorAll(".md-code__nav")) bar.setAttribute("role", "none");
});

// Search. All of it but the empty dialog comes when it is first opened; a page opened from a disk may not load it.
{
  const button = document.querySelector(".search-button");
  const dialog = document.querySelector(".search");
  const input = dialog.querySelector("input");
  const status = dialog.querySelector("[role=status]");

  const load = async () => {
    if (location.protocol === "file:") return dialog.dataset.disk;
    try {
      const { start } = await import(new URL(dialog.dataset.script, location));
      await start(dialog);
    } catch (error) {
      console.error(error);
      return dialog.dataset.failed;
    }
  };
  let loading;

  button.addEventListener("click", async () => {
    dialog.showModal();
    input.select();
    const trouble = await (loading ??= load());
    if (trouble) status.textContent = trouble;
  });
  dialog.querySelector(".search__close").addEventListener("click", () => dialog.close());
  // The dialog has no edge of its own: a click on it, and not on something in it, is one beside it.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || dialog.open || typing) return;
    event.preventDefault();
    button.click();
  });
  button.hidden = false;
}
