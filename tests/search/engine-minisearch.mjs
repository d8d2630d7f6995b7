// MiniSearch, set up as well as we know how: our index, Snowball's stemmers, pairs of Chinese characters, parts of names.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { sent } from "./engine-ours.mjs";
import { columns, indexFile, sectionOf, stemmer, stemmerFiles } from "./tables.mjs";

const TOKEN = /\p{sc=Han}+|(?:(?!\p{sc=Han})[\p{L}\p{M}\p{N}_])+/gu;
const PARTS = /\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})/gu;
const HAN = /\p{sc=Han}/u;

// How to search: of some 400 settings one that did best with the tuned queries and the errors.
const OPTIONS = {
  boost: { title: 12, slug: 4, page: 1.5, key: 2, text: 1, code: 1 },
  prefix: (term) => !HAN.test(term) && term.length > 2,
  fuzzy: (term) => (!HAN.test(term) && term.length > 4 ? 0.2 : false),
  maxFuzzy: 2,
  weights: { prefix: 0.4, fuzzy: 0.1 },
  bm25: { k: 1.2, b: 0.5, d: 0.5 },
};

const pairs = (run) => (run.length < 3 ? [run] : [...run.slice(1)].map((character, place) => run[place] + character));
const tokenize = (text) => (text.normalize("NFKC").match(TOKEN) ?? []).flatMap((run) => (HAN.test(run) ? pairs(run) : [run]));
const fold = (word) => word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

export const name = "MiniSearch";

/** @param modules the folder node_modules in which MiniSearch is */
export const open = async (locale, modules) => {
  const library = join(modules, "minisearch/dist/es/index.js");
  const { default: MiniSearch } = await import(pathToFileURL(library));
  const stem = stemmer(locale);
  const stemOf = (word) => fold(stem(word.toLowerCase()));
  const fields = ["title", "page", "key", "code", "text", ...(locale === "en" ? ["slug"] : [])];
  const engine = new MiniSearch({
    fields,
    tokenize,
    processTerm: (word) => {
      const parts = word.match(PARTS) ?? [];
      return [word, ...(parts.length > 1 ? parts.filter((part) => part.length > 2) : [])].map(stemOf);
    },
  });
  const { url, ...rest } = columns(locale);
  const section = (address, row) => ({
    ...Object.fromEntries(Object.entries(rest).map(([field, values]) => [field, values[row]])),
    id: row,
    slug: address.split("#")[1].replaceAll("-", "_"),
  });
  engine.addAll(url.map(section));
  // Sections with more of the words of the query come first. The library alone does that too little for a long error.
  const search = async (query) => {
    const found = engine.search(query, { ...OPTIONS, processTerm: stemOf });
    const worth = ({ score, queryTerms }) => score * queryTerms.length ** 3;
    return found.sort((a, b) => worth(b) - worth(a)).map(({ id }) => sectionOf(url[id], locale));
  };
  const files = [...stemmerFiles(locale), indexFile(locale)];
  const code = gzipSync(readFileSync(library, "utf8").replaceAll(/\/\*\*.*?\*\//gs, "")).length; // half of it is documentation
  return { search, bytes: () => files.reduce((total, file) => total + sent(file), code) };
};
