// The language that the reader wants, and the language switcher. Also used on 404.html, which has no switcher.

const remember = (name, value) => {
  try {
    localStorage.setItem(`docweave.${name}`, value);
  } catch {
    // The browser stores nothing for this site: the choice applies to this page only.
  }
};

const recall = (name) => {
  try {
    return localStorage.getItem(`docweave.${name}`);
  } catch {
    return null;
  }
};

// The site's language that the reader chose before, or else the first one that the browser prefers.
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

  // ── The switcher keeps the current section. Without this script it keeps only the page. ──

  const sectionInView = () => {
    const headings = [...document.querySelectorAll(".md-content :is(h2, h3, h4)[id]")];
    const heading = headings.findLast((each) => each.getBoundingClientRect().top < innerHeight / 3);
    return heading ? `#${heading.id}` : "";
  };

  // The target of the address counts only while it is visible: the reader may have scrolled on.
  const hashInView = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const { top, bottom } = target?.getBoundingClientRect() ?? { top: Infinity, bottom: 0 };
    return bottom > 0 && top < innerHeight ? location.hash : "";
  };

  const keepSection = (event) => {
    const link = event.target.closest?.("a[data-keep-section]");
    if (link) link.hash = hashInView() || sectionInView();
  };

  // Before the click, so that the link is also right when opened in a new tab or copied.
  for (const kind of ["pointerdown", "focusin", "click"]) document.addEventListener(kind, keepSection, true);

  // ── The reader's choice is remembered. On a page in another language it is offered, without a redirect. ──

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
