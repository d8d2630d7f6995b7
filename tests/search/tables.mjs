// What the tests and the comparison share: the sections of a built site, the stemmers, and the tables of queries.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { gunzipSync } from "node:zlib";

const ROOT = resolve(import.meta.dirname, "../..");
const SNOWBALL = join(ROOT, "docs/assets/scripts/search/snowball");

/** Where the index of the search lies: `SEARCH_INDEX`, or in the site that `make site` builds here. */
export const INDEX = resolve(process.env.SEARCH_INDEX ?? join(ROOT, "site/search"));

const TABLE = JSON.parse(readFileSync(join(import.meta.dirname, "queries.json"), "utf8"));

export const LOCALES = [...new Set(TABLE.map(({ locale }) => locale))].filter((locale) => locale !== "*");

/**
 * The queries: {locale, query, expected, set}, and for those that were tuned for, `within` how many it must be found.
 * The errors are what the cells of the pages raise, in English in every language: they are asked in each.
 */
export const QUERIES = LOCALES.flatMap((locale) =>
  TABLE.filter((query) => [locale, "*"].includes(query.locale)).map((query) => ({ ...query, locale })),
);

// The same as in search.js, which cannot be loaded without a page.
const STEMMERS = { en: "English", pt: "Portuguese", ru: "Russian" };

/** The files that the browser fetches of Snowball for a language. */
export const stemmerFiles = (locale) => {
  const name = STEMMERS[locale.split("-")[0]];
  return name ? ["base", name.toLowerCase()].map((file) => join(SNOWBALL, `${file}-stemmer.js`)) : [];
};

/** Gives the stem of a word in lower case; in a language without a stemmer, the word. */
export const stemmer = (locale) => {
  const scripts = stemmerFiles(locale).map((file) => readFileSync(file, "utf8"));
  if (!scripts.length) return (word) => word;
  const snowball = runInNewContext(`${scripts.join(";\n")};\nnew ${STEMMERS[locale.split("-")[0]]}Stemmer()`);
  return (word) => snowball.stemWord(word);
};

/** The file with the sections of a language. */
export const indexFile = (locale) => join(INDEX, `${locale}.json.gz`);

/** What docweave.search has written about a language. */
export const columns = (locale) => {
  try {
    return JSON.parse(gunzipSync(readFileSync(indexFile(locale))));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Error(`${INDEX} has no ${locale}.json.gz: run \`make site\` first, or say in SEARCH_INDEX where the index is.`);
  }
};

/** A section as the tables name it, `page#id`, of its address: in English pages lie at the root, others in a folder. */
export const sectionOf = (url, locale) => {
  const [path, id] = url.replace(/^\//, "").split("#");
  const page = (locale === "en" ? path : path.replace(`${locale}/`, "")).replace(/\/$/, "");
  return `${page || "index"}#${id}`;
};
