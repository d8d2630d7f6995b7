// Pagefind, twice: fed with the pages of the site, as it is meant to be used, and with each section as a page of its own.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { columns, INDEX, LOCALES, sectionOf } from "./tables.mjs";

// Of 36 settings the one that did best with the queries that ours was tuned for.
const RANKING = { termFrequency: 0.3, pageLength: 0.1, termSaturation: 2, termSimilarity: 5 };

// How many sections of a page its own dialog shows.
const SHOWN = 3;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const asPage = (locale, known, row) => {
  const weighed = (weight, text) => `<p data-pagefind-weight="${weight}">${escaped(text)}</p>`;
  const id = known.url[row].split("#")[1].replaceAll("-", " ");
  const body = [
    `<h1>${escaped(known.title[row])}</h1>`,
    locale === "en" ? weighed(3, id) : "",
    weighed(1.5, known.page[row]),
    weighed(2, known.key[row]),
    `<p>${escaped(known.text[row])}</p>`,
    weighed(0.5, known.code[row]),
  ];
  return `<html lang="${locale}"><body>${body.join("\n")}</body></html>`;
};

// Writes an index, and gives the folder in which it is and the milliseconds that it took.
const made = async (modules, sections) => {
  const pagefind = await import(pathToFileURL(join(modules, "pagefind/lib/index.js")));
  const started = performance.now();
  const { index } = await pagefind.createIndex({
    rootSelector: sections ? "html" : "article.md-content__inner",
    excludeSelectors: [".page-actions", ".page-line", ".headerlink"],
  });
  if (sections) {
    for (const locale of LOCALES) {
      const known = columns(locale);
      for (const [row, url] of known.url.entries()) await index.addHTMLFile({ url, content: asPage(locale, known, row) });
    }
  } else {
    const folders = LOCALES.filter((locale) => existsSync(join(dirname(INDEX), locale)));
    await index.addDirectory({ path: dirname(INDEX), glob: `{index.html,*/index.html,{${folders.join(",")}}/*/index.html}` });
  }
  const folder = mkdtempSync(join(tmpdir(), "pagefind-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  await index.writeFiles({ outputPath: folder });
  await pagefind.close();
  return { folder, took: performance.now() - started };
};

// Its script asks the page for the language, and fetches from where it is itself. Node has no page, and fetches no files.
const asBrowser = (locale, fetched) => {
  globalThis.window = { location: { origin: "null" } };
  globalThis.document = { currentScript: null, querySelector: () => ({ getAttribute: () => locale }) };
  globalThis.fetch = async (address) => {
    const file = readFileSync(fileURLToPath(address.split("?")[0]));
    fetched.set(address.split("?")[0], file.length);
    return new Response(file);
  };
};

const engine = (name, sections) => {
  let index;
  const open = async (locale, modules) => {
    index ??= made(modules, sections);
    const { folder, took } = await index;
    const fetched = new Map();
    asBrowser(locale, fetched);
    const script = join(folder, "pagefind.js");
    const { createInstance } = await import(`${pathToFileURL(script)}?${locale}`);
    const instance = createInstance({ baseUrl: "/", noWorker: true, ranking: RANKING });
    await instance.init();
    const search = async (query) => {
      asBrowser(locale, fetched);
      const { results } = await instance.search(query);
      const pages = await Promise.all(results.slice(0, 5).map(({ data }) => data()));
      if (sections) return pages.map(({ url }) => sectionOf(url, locale));
      const worth = ({ weighted_locations: places }) => places.reduce((total, { balanced_score: score }) => total + score, 0);
      return pages.flatMap(({ sub_results: parts }) =>
        [...parts]
          .sort((a, b) => worth(b) - worth(a))
          .slice(0, SHOWN)
          .map(({ url }) => sectionOf(url, locale)),
      );
    };
    // What has been fetched up to now; its files are compressed, the script is as the server sends it.
    const bytes = () => [...fetched.values()].reduce((total, size) => total + size, gzipSync(readFileSync(script)).length);
    return { search, bytes, indexed: took };
  };
  return { name, open };
};

export const pages = engine("Pagefind, pages", false);
export const sections = engine("Pagefind, sections", true);
