// Finds the sections that a query is about. Nothing here knows the page: words in, sections out.
//
// A word is found in all its forms (by Snowball's stemmers), without its accents, as the beginning of a longer word and as a part of
// a name in code. Chinese is not cut into words: its characters are looked for as they stand. Sections are ranked by BM25F, so that
// what a heading says counts more than what a text mentions.

const WORD = "(?:(?!\\p{sc=Han})[\\p{L}\\p{M}\\p{N}_])+";
const TOKEN = new RegExp(`${WORD}|\\p{sc=Han}+`, "gu");
// In a query a dotted name in code is one thing too.
const TERM = new RegExp(`${WORD}(?:\\.${WORD})*|\\p{sc=Han}+`, "gu");
const HAN = /^\p{sc=Han}/u;

// How much a find counts by where it is, and to what degree that is less in a longer text.
const FIELDS = {
  title: { weight: 9, length: 0.6 },
  id: { weight: 3, length: 0.3 },
  page: { weight: 1.5, length: 0.3 },
  key: { weight: 2, length: 0 },
  text: { weight: 1, length: 0.6 },
  code: { weight: 0.4, length: 0.6 },
};
const NAMES = Object.keys(FIELDS);
const SATURATION = 1.5;

// How much a find counts by how near the word is to the one that was asked for.
const SAME_STEM = 0.9;
const PREFIX = 0.5;
const PART = 0.5;
const NEAR = 0.4;

// Words that stand side by side as they do in the query.
const SIDE_BY_SIDE = 1.5;
const CUTOFF = 0.08;
const MOST = 20;

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const tokens = (text) => text.match(TOKEN) ?? [];
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// The parts of a name in code: loss_weights → loss, weights; BatchNormalization → Batch, Normalization.
const partsOf = (word) => {
  const parts = word.match(/\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})/gu) ?? [];
  return parts.length > 1 ? parts.filter((part) => part.length > 2) : [];
};

// Edits from one word to another: a letter more, less or another, or two swapped. Beyond `most` it does not matter how many.
const distance = (a, b, most) => {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      now[column] = Math.min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (a[row - 1] !== b[column - 1]));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) now[column] = Math.min(now[column], before[column - 2] + 1);
    }
    if (Math.min(...now) > most) return most + 1;
    [before, last] = [last, now];
  }
  return last[b.length];
};

const add = (map, key, value) => (map.has(key) ? map.get(key).add(value) : map.set(key, new Set([value])));

/** The sections of one language, ready to be searched. */
export class Finder {
  /**
   * @param pages what docweave.search writes
   * @param stem gives the stem of a word in lower case
   */
  constructor(pages, stem) {
    const known = new Map();
    this.stem = (word) => {
      if (!known.has(word)) known.set(word, fold(stem(word.toLowerCase())));
      return known.get(word);
    };
    this.sections = pages.flatMap(({ url, sections }) =>
      sections.map((section, place) => ({
        url: `${url}#${section.id}`,
        title: section.title,
        page: place ? sections[0].title : "",
        key: section.key,
        text: section.text,
        code: section.code,
        id: section.id.replaceAll("-", "_"),
      })),
    );
    this.places = new Map(); // folded form of a word → where it is: [section, field, times]
    this.forms = new Map(); // stem → folded forms
    this.stems = new Map(); // folded form → stems: more than one where only accents tell words apart
    for (const section of this.sections) {
      section.length = Object.fromEntries(NAMES.map((field) => [field, this.#read(section, field)]));
      section.folded = Object.fromEntries(NAMES.map((field) => [field, fold(section[field])]));
      section.run = this.#run(`${section.title} ${section.text}`);
    }
    this.mean = Object.fromEntries(
      NAMES.map((field) => [field, sum(this.sections.map(({ length }) => length[field])) / this.sections.length || 1]),
    );
    // Ids are English in every language: they make a find count more, but are none themselves.
    for (const [form, places] of this.places) {
      if (places.every(([, field]) => field === "id")) this.places.delete(form);
    }
  }

  // Takes in the words of a field, and returns how long it is.
  #read(section, field) {
    const times = new Map();
    let length = 0;
    const take = (word, weight) => {
      const form = fold(word);
      times.set(form, (times.get(form) ?? 0) + weight);
      add(this.stems, form, this.stem(word));
      add(this.forms, this.stem(word), form);
    };
    for (const token of tokens(section[field])) {
      length += HAN.test(token) ? token.length / 2 : 1;
      if (HAN.test(token)) continue;
      take(token, 1);
      for (const part of partsOf(token)) take(part, PART);
    }
    for (const [form, number] of times) {
      if (!this.places.has(form)) this.places.set(form, []);
      this.places.get(form).push([section, field, number]);
    }
    return length;
  }

  // A text as a row of stems, in which neighbours can be looked for.
  #run(text) {
    return ` ${tokens(text).map((token) => this.stem(token)).join(" ")} `;
  }

  /**
   * @returns {sections: [{url, title, page, excerpt: [{text, found}]}], instead: [[asked, looked for]], missing: [asked]}
   */
  find(query) {
    const answer = { sections: [], instead: [], missing: [] };
    const asked = query.normalize("NFKC").match(TERM) ?? [];
    const terms = asked.flatMap((word, place) => this.#terms(word, place === asked.length - 1, answer));
    const whole = sum(terms.map(({ rarity }) => rarity));
    const run = this.#run(query);
    const scores = new Map();
    for (const { hits, rarity } of terms) {
      for (const [section, weight] of hits) {
        const so = scores.get(section) ?? { score: 0, covered: 0 };
        so.score += (rarity * weight) / (SATURATION + weight);
        so.covered += rarity;
        scores.set(section, so);
      }
    }
    const ranked = [...scores].map(([section, { score, covered }]) => {
      const neighbours = terms.length > 1 && section.run.includes(run) ? SIDE_BY_SIDE : 1;
      return { section, score: score * neighbours * (covered / whole) ** 2 };
    });
    ranked.sort((a, b) => b.score - a.score);
    const marks = new Marks(terms);
    answer.sections = ranked
      .filter(({ score }) => score >= CUTOFF * ranked[0].score)
      .slice(0, MOST)
      .map(({ section, score }) => ({ ...section, score, excerpt: marks.excerpt(section) }));
    return answer;
  }

  // What to look for, for one word of the query: usually one term.
  #terms(word, last, answer) {
    if (HAN.test(word)) return this.#characters(word, answer);
    if (word.includes(".")) {
      const name = this.#literal(fold(word));
      return name.hits.size ? [name] : word.split(".").flatMap((part) => this.#terms(part, last, answer));
    }
    const near = this.#near(word, last);
    if (near.size) return [this.#term(near)];
    const [replacement] = this.#misspelt(word);
    if (replacement) {
      answer.instead.push([word, replacement]);
      return [this.#term(this.#near(replacement, false))];
    }
    answer.missing.push(word);
    return [];
  }

  // The forms in which a word is found, with how near each is to it.
  #near(word, last) {
    const form = fold(word);
    const near = new Map();
    const take = (other, closeness) => {
      if (this.places.has(other)) near.set(other, Math.max(closeness, near.get(other) ?? 0));
    };
    const stems = new Set([this.stem(word), ...(this.stems.get(form) ?? [])]);
    for (const [stem, others] of this.forms) {
      const closeness = stems.has(stem) ? SAME_STEM : [...stems].some((one) => alike(one, stem)) ? NEAR : 0;
      if (closeness) for (const other of others) take(other, closeness);
    }
    if (form.length > 2 || last) {
      for (const other of this.places.keys()) {
        if (other.startsWith(form)) take(other, (PREFIX * form.length) / other.length);
      }
    }
    take(form, 1);
    return near;
  }

  // The known word with the fewest edits, of those the one that most sections have.
  #misspelt(word) {
    const stem = this.stem(word);
    const most = stem.length < 5 ? 0 : stem.length < 8 ? 1 : 2;
    if (!most) return [];
    const found = [];
    for (const [other, forms] of this.forms) {
      if (other[0] !== stem[0] || other.length < 4) continue;
      const edits = distance(stem, other, most);
      if (edits > most) continue;
      for (const form of forms) if (this.places.has(form)) found.push([form, edits, this.places.get(form).length]);
    }
    return found.sort(([, a, many], [, b, more]) => a - b || more - many)[0] ?? [];
  }

  // Chinese: as it stands; or else the longest pieces of it that are known; or else with one character another.
  #characters(run, answer) {
    const whole = this.#literal(run);
    if (whole.hits.size) return [whole];
    const pieces = this.#pieces(run);
    if (pieces) return pieces;
    for (let place = 0; run.length > 3 && place < run.length; place++) {
      const pattern = new RegExp(`${run.slice(0, place)}\\p{sc=Han}${run.slice(place + 1)}`, "u");
      const known = this.sections.map(({ title, text }) => `${title} ${text}`.match(pattern)?.[0]).find(Boolean);
      if (known) {
        answer.instead.push([run, known]);
        return [this.#literal(known)];
      }
    }
    answer.missing.push(run);
    return [];
  }

  #pieces(run) {
    if (!run) return [];
    for (let length = run.length; length > 1; length--) {
      const piece = this.#literal(run.slice(0, length));
      const rest = piece.hits.size && this.#pieces(run.slice(length));
      if (rest) return [piece, ...rest];
    }
    return null;
  }

  #term(near) {
    const hits = new Map();
    for (const [form, closeness] of near) {
      for (const [section, field, times] of this.places.get(form)) this.#hit(hits, section, field, times * closeness);
    }
    return { hits, rarity: this.#rarity(hits), forms: near };
  }

  #literal(text) {
    const hits = new Map();
    const pattern = HAN.test(text) ? text : `(?<![\\p{L}\\p{N}_])${text.replaceAll(".", "\\.")}(?![\\p{L}\\p{N}_])`;
    const expression = new RegExp(pattern, "gu");
    for (const section of this.sections) {
      for (const field of NAMES) {
        const times = section.folded[field].match(expression)?.length;
        if (times) this.#hit(hits, section, field, times);
      }
    }
    return { hits, rarity: this.#rarity(hits), pattern };
  }

  #hit(hits, section, field, times) {
    const { weight, length } = FIELDS[field];
    const worth = (weight * times) / (1 - length + (length * section.length[field]) / this.mean[field]);
    hits.set(section, (hits.get(section) ?? 0) + worth);
  }

  #rarity(hits) {
    return Math.log(1 + (this.sections.length - hits.size + 0.5) / (hits.size + 0.5));
  }
}

// Long stems that differ by one letter: spellings (normalise, normalize) and endings that the stemmer leaves.
const alike = (a, b) => a.length > 6 && b.length > 6 && a.slice(0, 4) === b.slice(0, 4) && distance(a, b, 1) === 1;

/** What was found, in the text it was found in. */
class Marks {
  constructor(terms) {
    this.forms = new Set(terms.flatMap(({ forms }) => [...(forms?.keys() ?? [])]));
    this.pattern = new RegExp([...terms.flatMap(({ pattern }) => pattern ?? []), WORD].join("|"), "giu");
  }

  // A text cut where something found begins and ends.
  cut(text) {
    const pieces = [];
    let end = 0;
    for (const { 0: match, index } of text.matchAll(this.pattern)) {
      const found = HAN.test(match) || match.includes(".") || [match, ...partsOf(match)].some((word) => this.forms.has(fold(word)));
      if (!found) continue;
      pieces.push({ text: text.slice(end, index), found: false }, { text: match, found: true });
      end = index + match.length;
    }
    return [...pieces, { text: text.slice(end), found: false }].filter(({ text }) => text);
  }

  // The part of a section's text in which the most of what was asked for stands; or the names in its code.
  excerpt({ text, code }) {
    const size = HAN.test(text) ? 90 : 180;
    const pieces = this.cut(text);
    const found = [];
    let place = 0;
    for (const piece of pieces) {
      if (piece.found) found.push({ place, form: fold(piece.text) });
      place += piece.text.length;
    }
    if (!found.length) {
      const names = this.cut(code).filter((piece) => piece.found);
      if (names.length) return names.flatMap((name, index) => (index ? [{ text: " … ", found: false }, name] : [name]));
    }
    const within = ({ place: from }) => found.filter(({ place }) => place >= from && place < from + size * 0.7);
    const many = (one) => new Set(within(one).map(({ form }) => form)).size;
    const best = found.reduce((one, other) => (many(other) > many(one) ? other : one), { place: 0 });
    // From the beginning of the sentence, if that is near.
    const before = text.slice(0, best.place);
    const sentence = Math.max(0, ...[...before.matchAll(/[.?!:] |[。？！：]/g)].map(({ 0: stop, index }) => index + stop.length));
    const near = best.place - sentence < size * 0.3;
    const from = near ? sentence : Math.max(before.slice(0, -size * 0.2).lastIndexOf(" ") + 1, best.place - Math.round(size * 0.3));
    let to = from + size;
    if (to < text.length && !HAN.test(text[to])) to = text.lastIndexOf(" ", to);
    return this.cut(`${near ? "" : "… "}${text.slice(from, to)}${to < text.length ? " …" : ""}`);
  }
}
