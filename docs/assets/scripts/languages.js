// Which language the reader wants, and the switcher between them. Also on 404.html, which has no switcher.

const remember = (name, value) => {
  try {
    localStorage.setItem(`docweave.${name}`, value);
  } catch {
    // The browser keeps nothing for this site: the choice holds for this page.
  }
};

const recall = (name) => {
  try {
    return localStorage.getItem(`docweave.${name}`);
  } catch {
    return null;
  }
};

// Of the site's languages, the one that the reader chose before, or else the first that the browser asks for.
const wantedLanguage = (languages) => {
  const plain = (tag) => tag.toLowerCase();
  const family = (tag) => plain(tag).split("-")[0];
  for (const wanted of [recall("language") || [], navigator.languages].flat()) {
    const exact = languages.find((language) => plain(language) === plain(wanted));
    const near = languages.find((language) => family(language) === family(wanted));
    if (exact || near) return exact || near;
  }
};

{
  const switcher = document.querySelector(".md-header .md-select");
  const links = [...(switcher?.querySelectorAll("a[hreflang]") ?? [])];

  // ── The list opens by pointer and by keyboard; without this script, by Material's styles ──

  const button = switcher?.querySelector("button");
  const open = (yes) => button.setAttribute("aria-expanded", yes);

  if (switcher) {
    open(false);
    button.addEventListener("click", (event) => open(event.pointerType === "mouse" || button.ariaExpanded === "false"));
    switcher.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && open(true));
    switcher.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && open(false));
    switcher.addEventListener("focusout", (event) => switcher.contains(event.relatedTarget) || open(false));
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || button.ariaExpanded === "false") return;
      if (switcher.contains(document.activeElement)) button.focus();
      open(false);
    });
  }

  // ── It keeps the section that the reader is in. Without this script it keeps the page. ──

  const sectionInView = () => {
    const headings = [...document.querySelectorAll(".md-content :is(h2, h3, h4)[id]")];
    const heading = headings.findLast((each) => each.getBoundingClientRect().top < innerHeight / 3);
    return heading ? `#${heading.id}` : "";
  };

  // What the address names counts only while it can be seen: the reader may have scrolled on.
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

  // ── It remembers the reader's choice. One who comes to another language is offered theirs, and stays where they are. ──

  const choose = (language) => remember("language", language);
  for (const link of links) link.addEventListener("click", () => choose(link.hreflang));

  const page = document.documentElement.lang;
  const wanted = wantedLanguage(links.map(({ hreflang }) => hreflang));
  if (wanted && wanted !== page) {
    const link = links.find(({ hreflang }) => hreflang === wanted).cloneNode(true);
    const offer = document.getElementById("language-offer").content.firstElementChild.cloneNode(true);
    const close = offer.querySelector("button");
    offer.lang = wanted;
    offer.querySelector("p").append(link.dataset.offer, " ", link);
    link.removeAttribute("class");
    link.addEventListener("click", () => choose(wanted));
    close.ariaLabel = link.dataset.close;
    close.addEventListener("click", () => {
      choose(page);
      offer.remove();
    });
    document.body.append(offer);
  }
}
