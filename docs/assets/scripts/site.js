// The behaviour of pages in a browser, on Material's markup and classes. Material's own script has 35 kB, as much as a chapter with
// all its drawings, mostly for features that this site lacks. Without this script everything can still be read.

{
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  const frame = document.querySelector("[data-md-component=header]");

  // ── Opened from disk: the address of a folder shows its files, not its page ──

  if (location.protocol === "file:") {
    for (const link of document.links) {
      if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }
  }

  // ── Light and dark: theme/partials/first.html sets the initial palette ──

  for (const [index, button] of all("[data-palettes] button").entries()) {
    button.addEventListener("click", () => {
      const next = (index + 1) % palettes.length;
      setPalette(next);
      all("[data-palettes] button")[next].focus();
      remember("palette", next);
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    setPalette(Number(document.body.dataset.palette)),
  );

  // ── Copying code ──

  const message = document.querySelector(".md-dialog");
  message.setAttribute("role", "status");
  let quiet;

  const say = (text) => {
    message.firstElementChild.textContent = text;
    message.classList.add("md-dialog--active");
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      message.classList.remove("md-dialog--active");
      message.firstElementChild.textContent = "";
    }, 2000);
  };

  // Browsers provide the clipboard API to secure origins only; the older way copies the selection.
  const copy = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
      getSelection().removeAllRanges();
    }
  };

  const template = document.getElementById("copy-button").content.firstElementChild;
  for (const code of all(".highlight:not(.no-copy) > pre > code")) {
    const bar = template.cloneNode(true);
    const button = bar.querySelector("button");
    button.addEventListener("click", () => copy(code).then(() => say(button.dataset.done)));
    code.before(bar);
  }

  // ── Boxes that scroll sideways must be focusable to be scrolled by keyboard ──

  const reachable = () => {
    for (const box of all(".md-typeset :is(pre, pre > code, figure.diagram, figure.plot, .md-typeset__scrollwrap)")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", reachable);
  reachable();

  // ── The drawer on a phone: a checkbox with labels, which are not focusable ──

  const drawer = document.getElementById("__drawer");
  const sidebar = document.querySelector(".md-sidebar--primary");
  const behind = all(".md-skip, .md-header, .md-content, .md-footer, .language-offer");

  // A button in place of the label is focusable; the attributes are kept for Material's selectors.
  for (const label of all("label.md-header__button[for=__drawer], .md-sidebar--primary label[for=__toc]")) {
    const { control } = label;
    const button = document.createElement("button");
    for (const { name, value } of label.attributes) button.setAttribute(name, value);
    button.type = "button";
    button.append(...label.childNodes);
    label.replaceWith(button);
    if (!button.textContent.trim()) button.ariaLabel = sidebar.querySelector("nav").ariaLabel;
    button.addEventListener("click", () => {
      control.click();
      // The list of sections covers the button that opened it; its title leads back.
      all(`button[for=${control.id}]`)
        .find((other) => other !== button)
        ?.focus();
    });
    const tell = () => (button.ariaExpanded = control.checked);
    control.addEventListener("change", tell);
    tell();
  }

  drawer.addEventListener("change", () => {
    for (const part of behind) part.inert = drawer.checked;
    const next = drawer.checked ? sidebar.querySelector("a") : frame.querySelector("[for=__drawer]");
    next.focus({ preventScroll: true });
  });

  const closeDrawer = () => {
    if (drawer.checked) drawer.click();
  };
  matchMedia("(min-width: 76.25em)").addEventListener("change", closeDrawer);

  addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawer();
  });

  // ── The current section, marked in the table of contents ──

  const headings = all(".md-content :is(h2, h3, h4)[id]");
  const title = document.querySelector(".md-content h1");
  const contents = all("[data-md-component=toc] .md-nav__link");

  // Scrolls a sidebar without scrolling the page.
  const bringIntoView = (link) => {
    const box = link.closest(".md-sidebar__scrollwrap").getBoundingClientRect();
    const { top, bottom } = link.getBoundingClientRect();
    if (top >= box.top && bottom <= box.bottom) return;
    link.closest(".md-sidebar__scrollwrap").scrollTop += (top + bottom - box.top - box.bottom) / 2;
  };

  let marked;
  const follow = () => {
    const above = title?.getBoundingClientRect().bottom < frame.offsetHeight;
    frame.querySelector(".md-header__title").classList.toggle("md-header__title--active", above);
    const atEnd = scrollY > 0 && innerHeight + scrollY >= root.scrollHeight - 2;
    const heading = headings.findLast((each) => atEnd || each.getBoundingClientRect().top < frame.offsetHeight + 60);
    if (heading === marked) return;
    marked = heading;
    for (const link of contents) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const passed = Boolean(heading && target.compareDocumentPosition(heading) & Node.DOCUMENT_POSITION_FOLLOWING);
      link.classList.toggle("md-nav__link--passed", passed);
      link.classList.toggle("md-nav__link--active", target === heading);
      if (target !== heading) link.removeAttribute("aria-current");
      else {
        link.setAttribute("aria-current", "location");
        if (link.offsetParent) bringIntoView(link);
      }
    }
  };
  let waiting;
  const followSoon = () => {
    if (waiting) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      follow();
    });
  };
  addEventListener("scroll", followSoon, { passive: true });
  follow();
  for (const link of all(".md-sidebar--primary a.md-nav__link--active")) if (link.offsetParent) bringIntoView(link);

  // ── The target of an address or a link is shown, even inside a folded box ──

  const reveal = (hash) => {
    const target = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    const folded = target ? all("details:not([open])").filter((box) => box.contains(target)) : [];
    for (const box of folded) box.open = true;
    if (folded.length) target.scrollIntoView();
  };
  reveal(location.hash);
  addEventListener("hashchange", () => reveal(location.hash));
  addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href*='#']");
    if (link?.pathname !== location.pathname) return;
    closeDrawer();
    reveal(link.hash);
  });

  // ── On paper: light, and with the answers unfolded ──

  let unfolded = [];
  addEventListener("beforeprint", () => {
    document.body.dataset.mdColorScheme = "default";
    unfolded = all("details:not([open])");
    for (const box of unfolded) box.open = true;
  });
  addEventListener("afterprint", () => {
    setPalette(Number(document.body.dataset.palette));
    for (const box of unfolded) box.open = false;
  });
}

// Search. Everything except the empty dialog is loaded when it is first opened, which a page opened from disk is not allowed to do.
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
    loading ??= load();
    const trouble = await loading;
    if (trouble) status.textContent = trouble;
  });
  dialog.querySelector(".search__close").addEventListener("click", () => dialog.close());
  // The dialog has no padding, so that a click on the dialog element itself is a click outside, on the backdrop.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  addEventListener("keydown", (event) => {
    // An input that was just closed keeps the focus until the next frame.
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]")?.checkVisibility();
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || dialog.open || typing) return;
    event.preventDefault();
    button.click();
  });
}
