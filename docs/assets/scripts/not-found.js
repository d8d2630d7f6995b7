// Puts the reader's language first on the 404 page, which has all of them: that of the address, or else the preferred one.

{
  const sections = [...document.querySelectorAll("section[lang]")];
  const folder = (section) => section.querySelector("a").pathname;
  const start = sections.map(folder).reduce((a, b) => (a.length < b.length ? a : b));

  const byAddress = sections.find(
    (section) => folder(section) !== start && `${location.pathname}/`.startsWith(folder(section)),
  );
  const wanted = wantedLanguage(sections.map(({ lang }) => lang));
  const first = byAddress || sections.find(({ lang }) => lang === wanted);
  if (first) {
    first.parentElement.insertBefore(first, sections[0]);
    document.documentElement.lang = first.lang;
    document.title = first.dataset.title;
  }
}
