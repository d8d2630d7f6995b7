// Puts the reader's language first on the page that speaks all of them: that of the address, or else that of the browser.

const sections = [...document.querySelectorAll("section[lang]")];
const folder = (section) => section.querySelector("a").pathname;
const start = sections.map(folder).reduce((a, b) => (a.length < b.length ? a : b));

const byAddress = sections.find((section) => folder(section) !== start && `${location.pathname}/`.startsWith(folder(section)));
const byBrowser = () => {
  for (const wanted of navigator.languages) {
    const exact = sections.find(({ lang }) => lang.toLowerCase() === wanted.toLowerCase());
    const near = sections.find(({ lang }) => lang.split("-")[0] === wanted.split("-")[0]);
    if (exact || near) return exact || near;
  }
};

const first = byAddress || byBrowser();
if (first) {
  first.parentElement.insertBefore(first, document.querySelector("section[lang]"));
  document.documentElement.lang = first.lang;
  document.title = first.dataset.title;
}
