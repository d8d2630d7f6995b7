// Asks our search, MiniSearch and Pagefind the same queries, and prints who finds what: the tables of design/search.md.
//
// The other two are no part of this project. Install them in a folder of their own, then build the site and compare:
//
//     npm install --prefix /tmp/engines minisearch@7.2.0 pagefind@1.6.0
//     make site
//     node tests/search/compare.mjs /tmp/engines/node_modules [--misses]

import * as minisearch from "./engine-minisearch.mjs";
import * as ours from "./engine-ours.mjs";
import * as pagefind from "./engine-pagefind.mjs";
import { LOCALES, QUERIES } from "./tables.mjs";

const [modules, misses] = process.argv.slice(2);
if (!modules) {
  console.error("Say in which folder node_modules the other engines are: see the head of tests/search/compare.mjs.");
  process.exit(1);
}

const SETS = ["tuned", "held-out", "errors"];
const milliseconds = async (work) => {
  const started = performance.now();
  const result = await work();
  return [result, performance.now() - started];
};

// Asks an engine all queries of a language.
const asked = async (engine, locale) => {
  const [opened, took] = await milliseconds(() => engine.open(locale, modules));
  const answers = [];
  let first;
  for (const query of QUERIES.filter((one) => one.locale === locale)) {
    const [found, took] = await milliseconds(() => opened.search(query.query));
    first ??= opened.bytes();
    const place = found.findIndex((section) => query.expected.includes(section));
    answers.push({ ...query, found, place: place < 0 ? Infinity : place, took });
  }
  return { engine: engine.name, locale, answers, first, took: opened.indexed ?? took };
};

// Of the queries that something is to be found for, how many have it among the first; of the others, how many find nothing.
const among = (answers, most) => {
  const these = answers.filter(({ expected }) => expected.length);
  return `${these.filter(({ place }) => place < most).length}/${these.length}`;
};
const silent = (answers) => {
  const these = answers.filter(({ expected }) => !expected.length);
  if (!these.length) return "–";
  return `${these.filter(({ found }) => !found.length).length}/${these.length}`;
};

const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
const table = (head, rows) => {
  row(head);
  row(head.map((_, column) => (column < 2 ? "---" : "--:")));
  rows.map(row);
  console.log();
};

const runs = [];
for (const engine of [ours, minisearch, pagefind.pages, pagefind.sections]) {
  for (const locale of LOCALES) runs.push(await asked(engine, locale));
}

for (const set of SETS) {
  console.log(`${set}:\n`);
  const names = [...new Set(runs.map(({ engine }) => engine))];
  const rows = names.map((name) => {
    const these = runs.filter(({ engine }) => engine === name).map(({ answers }) => answers.filter((one) => one.set === set));
    const cells = [...these, these.flat()].map((answers) => `${among(answers, 1)}, ${among(answers, 5)}`);
    return [name, ...cells, silent(these.flat())];
  });
  table(["engine", ...LOCALES, "all", "nothing"], rows);
}

const cost = ({ engine, locale, first, took, answers }) => {
  const slowest = Math.max(...answers.map(({ took }) => took));
  return [engine, locale, (first / 1000).toFixed(0), took.toFixed(0), slowest.toFixed(0)];
};
table(["engine", "locale", "kB to the first answer", "ms to open", "ms, slowest query"], runs.map(cost));

if (misses) {
  for (const { engine, locale, answers } of runs) {
    for (const { query, set, expected, found, place } of answers) {
      const right = expected.length ? place < 5 : !found.length;
      if (!right) console.log(`${engine}, ${locale}, ${set}: ${query}\n  ${found.slice(0, 5).join(" ") || "nothing"}`);
    }
  }
}
