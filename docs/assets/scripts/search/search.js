// Shows results as the reader types. site.js opens the dialog, and loads this file when it first does so.

import { Finder } from "./find.js";

// The Snowball stemmer of each language. Without one, words are found as typed, or as the beginning of longer ones.
const STEMMERS = { en: "English", pt: "Portuguese", ru: "Russian" };

const site = new URL("../../../", import.meta.url);
const { lang } = document.documentElement;

const script = (name) =>
  new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(`snowball/${name}-stemmer.js`, import.meta.url);
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });

const stemmer = async () => {
  const name = STEMMERS[lang.split("-")[0]];
  if (!name) return (word) => word;
  await script("base");
  await script(name.toLowerCase());
  const snowball = new globalThis[`${name}Stemmer`]();
  return (word) => snowball.stemWord(word);
};

// Some servers declare the compression, so that the browser has already unpacked the file: gzip begins with 1f.
const index = async () => {
  const answer = await fetch(new URL(`search/${lang}.json.gz`, site));
  if (!answer.ok) throw new Error(`${answer.status}: ${answer.url}`);
  const file = await answer.blob();
  const [first] = new Uint8Array(await file.slice(0, 1).arrayBuffer());
  const text = first === 0x1f ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  return new Response(text).json();
};

const element = (name, className, ...children) => {
  const made = Object.assign(document.createElement(name), { className });
  made.append(...children);
  return made;
};

const option = ({ url, title, page, excerpt }, index) => {
  const pieces = excerpt.map(({ text, found }) => (found ? element("mark", "", text) : text));
  const made = element("a", "search__result", element("strong", "search__title", title));
  if (page) made.append(element("span", "search__page", page));
  made.append(element("span", "search__excerpt", ...pieces));
  const id = `search-result-${index}`;
  Object.assign(made, { id, role: "option", tabIndex: -1, href: new URL(url, site), ariaSelected: "false" });
  return made;
};

/** Activates the dialog. Its `data-` attributes hold the messages in the reader's language. */
export const start = async (dialog) => {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  const says = dialog.dataset;
  const [columns, stem] = await Promise.all([index(), stemmer()]);
  const finder = new Finder(columns, lang, stem);
  let active = -1;

  const message = ({ sections, instead, missing }) => {
    const said = [sections.length ? says.found.replace("{count}", sections.length) : ""];
    for (const [asked, used] of instead) said.push(says.instead.replace("{asked}", asked).replace("{used}", used));
    if (missing.length) said.push(says.missing.replace("{words}", missing.join(", ")));
    return said.filter(Boolean).join(" ");
  };

  const show = () => {
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const answer = input.value.trim() ? finder.find(input.value) : null;
    const sections = answer?.sections ?? [];
    list.replaceChildren(...sections.map(option));
    list.scrollTop = 0;
    list.hidden = !sections.length;
    input.ariaExpanded = String(!list.hidden);
    status.textContent = answer ? message(answer) : says.start;
  };

  const move = (step) => {
    const options = list.children;
    if (!options.length) return;
    if (options[active]) options[active].ariaSelected = "false";
    active = active < 0 && step < 0 ? options.length - 1 : (active + step + options.length) % options.length;
    options[active].ariaSelected = "true";
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  };

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => list.children[Math.max(active, 0)]?.click(),
  };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  // Chinese is composed with several keys: an unfinished composition is not a query.
  input.addEventListener("input", (event) => event.isComposing || show());
  input.addEventListener("compositionend", show);
  list.addEventListener("click", (event) => {
    if (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) dialog.close();
  });
  show();
};
