// What the search finds, without a browser: node --test "tests/search/*.test.mjs"
//
// First on small texts, one rule at a time; then with the tables of queries in the index that `make site` builds.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Finder, finder } from "./engine-ours.mjs";
import { INDEX, LOCALES, QUERIES, sectionOf, stemmer } from "./tables.mjs";

const FIELDS = ["url", "page", "title", "key", "code", "text"];

// A finder for some sections: what they do not have is empty, and their ids are numbers, which nobody looks for.
const small = (sections, locale = "en") => {
  const whole = sections.map((section, row) => ({
    url: `page/#${row}`,
    page: "",
    title: "",
    key: "",
    code: "",
    text: "",
    ...section,
  }));
  const columns = Object.fromEntries(FIELDS.map((field) => [field, whole.map((section) => section[field])]));
  return new Finder(columns, locale, stemmer(locale));
};

// The numbers of the sections found.
const found = (sections, query, locale) =>
  small(sections, locale)
    .find(query)
    .sections.map(({ url }) => Number(url.split("#")[1]));

// What is marked in the first section found.
const marked = (sections, query, locale) => {
  const [{ excerpt }] = small(sections, locale).find(query).sections;
  return excerpt.filter((piece) => piece.found).map((piece) => piece.text);
};

const texts = (...all) => all.map((text) => ({ text }));
const FILLER = "Nothing here is about it. ".repeat(40);

describe("words", () => {
  for (const [locale, text, query] of [
    ["en", "Freezing a part", "freezes"],
    ["pt-BR", "Congelar uma parte", "congelando"],
    ["ru", "Заморозка части", "заморозкой"],
  ]) {
    test(`are found in another form: ${query}`, () => assert.deepEqual(found(texts(text, "?"), query, locale), [0]));
  }

  for (const [locale, text, query] of [
    ["pt-BR", "Uma função", "funcao"],
    ["pt-BR", "Uma funcao", "função"],
    ["ru", "Свёртка с окном", "свертка"],
    ["en", "François Chollet", "Francois"],
    ["en", "A Keras model", "KERAS"],
    ["en", "A Keras model", "Ｋｅｒａｓ"],
  ]) {
    test(`are found whatever their accents, case and width: ${query}`, () =>
      assert.deepEqual(found(texts(text, "?"), query, locale), [0]));
  }

  test("are found by their beginning while they are typed", () => {
    assert.deepEqual(found(texts("An autoencoder", "?"), "autoenc"), [0]);
    assert.deepEqual(found(texts("An autoencoder", "?"), "au"), [0]);
  });

  test("of two letters are no beginnings once another follows", () =>
    assert.deepEqual(found(texts("An autoencoder", "One model"), "au model"), [1]));

  test("that are nowhere are said to be missing", () => {
    const { sections, missing, instead } = small(texts("A model")).find("model xyzzyq");
    assert.deepEqual([sections.length, missing, instead], [1, ["xyzzyq"], []]);
  });

  for (const query of ["", " ", "?!", "(None, 3)", "[0, 256)", "C++", "a.b.", "\\", "*", "$^", "model("]) {
    test(`may stand beside any signs: “${query}”`, () => assert.ok(small(texts("A model, (None, 3)")).find(query).sections));
  }
});

describe("names in code", () => {
  const sections = [{ code: "loss_weights BatchNormalization model.summary" }, { text: "?" }];

  for (const query of ["loss_weights", "weights", "normalization", "model.summary", "summary", "keras.Model.summary"]) {
    test(`are found whole and by their parts: ${query}`, () => assert.deepEqual(found(sections, query), [0]));
  }

  test("count more whole than in parts", () =>
    assert.deepEqual(found([{ code: "weights loss" }, { code: "loss_weights" }], "loss_weights"), [1]));

  test("are quoted if nothing else is found", () => assert.deepEqual(marked(sections, "weights"), ["loss_weights"]));
});

describe("typing errors", () => {
  for (const [typed, meant] of [
    ["concatinate", "concatenate"],
    ["dropuot", "dropout"],
    ["normalizaton", "normalisation"],
    ["loss_wieghts", "loss_weights"],
  ]) {
    test(`are told: ${typed}`, () => {
      const { sections, instead, missing } = small(texts(`A word: ${meant}`)).find(typed);
      assert.deepEqual([sections.length, instead, missing], [1, [[typed, meant]], []]);
    });
  }

  for (const typed of ["laer", "xropout", "drxxxut"]) {
    test(`are not guessed in short words, in the first letter, or if there are many: ${typed}`, () =>
      assert.deepEqual(small(texts("A layer and its dropout")).find(typed).missing, [typed]));
  }
});

describe("Chinese", () => {
  const texts = [{ title: "損失權重", text: "每個輸出的損失可以有權重。" }, { text: "別的事情。" }];

  test("is found as it stands, without spaces", () => assert.deepEqual(found(texts, "權重", "zh-Hant"), [0]));
  test("is found in the parts of a compound", () => assert.deepEqual(found(texts, "輸出權重", "zh-Hant"), [0]));
  test("is found beside other letters", () => assert.deepEqual(found([{ text: "用 JAX 啟動" }], "用JAX啟動", "zh-Hant"), [0]));
  test("is found with one character another, and that is told", () => {
    const { sections, instead } = small(texts, "zh-Hant").find("損矢權重");
    assert.deepEqual([sections.length, instead], [1, [["損矢權重", "損失權重"]]]);
  });
  test("is missing if nothing is like it", () => assert.deepEqual(small(texts, "zh-Hant").find("手機").missing, ["手機"]));
  test("is marked", () => assert.deepEqual(marked(texts, "權重", "zh-Hant"), ["權重"]));
});

describe("the order", () => {
  test("has a heading before a text", () =>
    assert.deepEqual(found([{ text: "A part is frozen." }, { title: "Frozen", text: "A part." }], "frozen"), [1, 0]));
  test("has sections with all words before those with one, however often", () =>
    assert.deepEqual(found(texts("Shared, shared, shared and shared.", "Layers are shared."), "shared layers")[0], 1));
  test("has words side by side before the same words apart", () =>
    assert.deepEqual(found(texts("Layers that are shared.", "Here shared layers are."), "shared layers"), [1, 0]));
  test("has a short text before a long one", () =>
    assert.deepEqual(found(texts(`${FILLER} A mask.`, "A mask."), "mask"), [1, 0]));
  test("ends after twenty", () =>
    assert.equal(found(texts(...Array(30).fill("A mask."), ...Array(30).fill("?")), "mask").length, 20));
});

describe("an excerpt", () => {
  test("marks all forms of a word, and only words", () =>
    assert.deepEqual(marked(texts("Weights: a weight is weighted, unweighted not."), "weight"), [
      "Weights",
      "weight",
      "weighted",
    ]));

  test("is where most of the words are, and is cut between words", () => {
    const text = `${FILLER}A weight. ${FILLER}The loss has a weight of its own. ${FILLER}`;
    const [{ excerpt }] = small(texts(text)).find("loss weight").sections;
    const whole = excerpt.map((piece) => piece.text).join("");
    assert.match(whole, /^The loss has a weight of its own\..* …$/);
    assert.ok(text.includes(whole.slice(0, -2)));
  });

  test("in the midst of a long sentence begins with dots", () => {
    const [{ excerpt }] = small(texts(`${"and so on ".repeat(40)}a mask ${"and so on ".repeat(40)}`)).find("mask").sections;
    assert.match(excerpt.map((piece) => piece.text).join(""), /^… (?!d |o |n ).*mask.* …$/);
  });
});

// How many held-out queries of a language have what they ask for among the first five: no fewer than when first asked.
const HELD_OUT = { en: 21, "pt-BR": 24, ru: 21, "zh-Hant": 20 };

for (const locale of LOCALES) {
  describe(`the site in ${locale}, ${INDEX}`, () => {
    let engine;
    before(() => {
      engine = finder(locale);
    });
    const asked = (set) => QUERIES.filter((query) => query.locale === locale && query.set === set);
    const among = (most, { query, expected }) => {
      const sections = engine.find(query).sections.map(({ url }) => sectionOf(url, locale));
      return expected.length ? sections.slice(0, most).some((section) => expected.includes(section)) : !sections.length;
    };

    test("has what was tuned for where it was tuned to be", () =>
      assert.deepEqual(
        asked("tuned").filter((query) => !among(query.within, query)),
        [],
      ));

    test("has among the first five where the errors come from that the pages show", () =>
      assert.deepEqual(
        asked("errors").filter((query) => !among(5, query)),
        [],
      ));

    test("has no less than before of what was not tuned for", () => {
      const right = asked("held-out").filter((query) => query.expected.length && among(5, query));
      assert.ok(right.length >= HELD_OUT[locale], `${right.length} of ${HELD_OUT[locale]}`);
    });
  });
}
