// Our own search, as the browser runs it.

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { columns, indexFile, sectionOf, stemmer, stemmerFiles } from "./tables.mjs";

const SCRIPTS = resolve(import.meta.dirname, "../../docs/assets/scripts/search");

// Node takes a file `.js` for a module only if a package.json beside it says so, and the site is to have none.
const asModule = (url, context, next) => next(url, url.endsWith("/find.js") ? { ...context, format: "module" } : context);
registerHooks({ load: asModule });

export const { Finder } = await import(join(SCRIPTS, "find.js"));

/** A finder for what the site has in a language. */
export const finder = (locale) => new Finder(columns(locale), locale, stemmer(locale));

/** The size of a file as it is sent: compressed. */
export const sent = (file) => (file.endsWith("gz") ? readFileSync(file).length : gzipSync(readFileSync(file)).length);

export const name = "ours";

export const open = async (locale) => {
  const ours = finder(locale);
  const files = [join(SCRIPTS, "find.js"), ...stemmerFiles(locale), indexFile(locale)];
  const search = async (query) => ours.find(query).sections.map(({ url }) => sectionOf(url, locale));
  return { search, bytes: () => files.reduce((total, file) => total + sent(file), 0) };
};
