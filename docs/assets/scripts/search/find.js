// Finds the sections that a query is about. This module does not touch the page: words in, sections out.
//
// A word is found in all its forms (by Snowball's stemmers), without its accents, as the beginning of a longer word and
// as a part of a name in code. Chinese is searched as a string: only a long query is segmented into words, texts are not.
// Sections are ranked by BM25F: a match in a heading counts more than one in the text, and rare words more than others.

const WORD = "(?:(?!\\p{sc=Han})[\\p{L}\\p{M}\\p{N}_])+";
const TOKEN = new RegExp(`${WORD}|\\p{sc=Han}+`, "gu");
// In a query, too, a dotted name in code is one term.
const TERM = new RegExp(`${WORD}(?:\\.${WORD})*|\\p{sc=Han}+`, "gu");
const HAN = /\p{sc=Han}/u;

// The weight of a match in each field, and the degree to which it decreases in a longer text.
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

// The factor for an inexact match: another form of the word, a part of a name in code, a longer word or one that differs in
// a letter, the words of a compound, or only the last part of a dotted name.
const SAME_STEM = 0.7;
const PART = 0.5;
const FAR = 0.5;
const LESS = 0.6;

// The factor for a section that contains the words of the query side by side.
const SIDE_BY_SIDE = 1.4;

// The share of sections in which a single Chinese character must occur to count as a word, and the costs of using one and
// of leaving one out.
const COMMON = 0.2;
const SINGLE = 4;

// The most sections to show, and the least share of the first one's score that the others need.
const MOST = 20;
const CUTOFF = 0.08;

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const tokens = (text) => text.match(TOKEN) ?? [];
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// The parts of a name in code: loss_weights → loss, weights; BatchNormalization → Batch, Normalization.
const partsOf = (word) => {
  const parts = word.match(/\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})/gu) ?? [];
  return parts.length > 1 ? parts.filter((part) => part.length > 2) : [];
};

// The edits from one word to another: a letter added, removed or replaced, or two swapped. Counting stops beyond `most`.
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

/** The search index of one language. */
export class Finder {
  /**
   * @param columns the index written by docweave.search
   * @param lang its language
   * @param stem returns the stem of a word in lower case
   */
  constructor(columns, lang, stem) {
    this.stem = stem;
    this.words = new Map(); // word as written → its form and stem, and those of its parts
    this.places = new Map(); // form → its places: [section, field, times]
    this.forms = new Map(); // stem → forms
    this.stems = new Map(); // form → stems: more than one where words differ only in accents
    this.literals = new Map(); // text → its term
    this.sections = columns.url.map((url, row) => ({
      ...Object.fromEntries(Object.keys(columns).map((name) => [name, columns[name][row]])),
      id: url.split("#")[1].replaceAll("-", "_"),
    }));
    for (const section of this.sections) {
      section.length = Object.fromEntries(NAMES.map((field) => [field, this.#read(section, field)]));
      section.run = this.#run(`${section.id.replaceAll("_", " ")} ${section.title} ${section.text}`);
      section.all = fold(NAMES.map((field) => section[field]).join("\n"));
    }
    this.mean = Object.fromEntries(
      NAMES.map((field) => [field, sum(this.sections.map(({ length }) => length[field])) / this.sections.length || 1]),
    );
    // Ids are English in every language: in other languages they raise the score of a match, but are not matches themselves.
    for (const [form, places] of lang === "en" ? [] : this.places) {
      if (places.every(([, field]) => field === "id")) this.places.delete(form);
    }
  }

  // The form of a word (without accents, in lower case), its stem and the forms of its parts.
  #word(word) {
    if (!this.words.has(word)) {
      const parts = partsOf(word).map((part) => this.#word(part).form);
      const known = { form: fold(word), stem: fold(this.stem(word.toLowerCase())), parts };
      add(this.stems, known.form, known.stem);
      add(this.forms, known.stem, known.form);
      this.words.set(word, known);
    }
    return this.words.get(word);
  }

  // Indexes the words of a field, and returns its length.
  #read(section, field) {
    const times = new Map();
    const take = (form, weight) => times.set(form, (times.get(form) ?? 0) + weight);
    let length = 0;
    for (const token of tokens(section[field])) {
      length += HAN.test(token) ? token.length / 2 : 1;
      if (HAN.test(token)) continue;
      const { form, parts } = this.#word(token);
      take(form, 1);
      for (const part of parts) take(part, PART);
    }
    for (const [form, number] of times) {
      if (!this.places.has(form)) this.places.set(form, []);
      this.places.get(form).push([section, field, number]);
    }
    return length;
  }

  // A text as a string of stems, in which neighbours can be searched.
  #run(text) {
    return ` ${tokens(text)
      .map((token) => this.#word(token).stem)
      .join(" ")} `;
  }

  /**
   * @returns {
   *   sections: [{url, title, page, worth, excerpt: [{text, found}]}], the best first
   *   instead: [[typed, searched]], the words that were corrected
   *   missing: [typed], the words that occur nowhere
   * }
   */
  find(query) {
    const answer = { sections: [], instead: [], missing: [] };
    const asked = query.normalize("NFKC").match(TERM) ?? [];
    const terms = asked.flatMap((word, place) => this.#terms(word, place === asked.length - 1, answer));
    const { hits, marks } = this.#all(terms);
    const run = this.#run(query);
    const ranked = [...hits].map(([section, worth]) => {
      const together = terms.length > 1 && section.run.includes(run);
      return { section, worth: together ? worth * SIDE_BY_SIDE : worth };
    });
    ranked.sort((a, b) => b.worth - a.worth);
    const marker = new Marker(marks, (word) => this.#word(word));
    answer.sections = ranked
      .filter(({ worth }) => worth >= CUTOFF * ranked[0].worth)
      .slice(0, MOST)
      .map(({ section, worth }) => {
        const { url, title, page } = section;
        return { url, title, page, worth, excerpt: marker.excerpt(section) };
      });
    return answer;
  }

  // A term is a thing to search for, with its hits (section → score, up to 1), its rarity and the text to mark.
  // There are words, literals, and terms made of terms.

  #words(near, far = new Map()) {
    const worth = (forms) => {
      const weights = new Map();
      for (const [form, closeness] of forms) {
        for (const [section, field, times] of this.places.get(form)) {
          this.#weigh(weights, section, field, times * closeness);
        }
      }
      return saturated(weights);
    };
    const hits = worth(near);
    const rarity = this.#rarity(hits, [...near.keys()][0]);
    for (const [section, much] of worth(far)) hits.set(section, Math.max(hits.get(section) ?? 0, FAR * much));
    const marks = [...near.keys(), ...far.keys()].filter((form) => form.length > 1).map((form) => ({ form }));
    return { hits, rarity, marks };
  }

  #literal(text) {
    if (!this.literals.has(text)) {
      const pattern = HAN.test(text) ? text : `(?<![\\p{L}\\p{N}_])${text.replaceAll(".", "\\.")}(?![\\p{L}\\p{N}_])`;
      const expression = new RegExp(pattern, "gu");
      const weights = new Map();
      for (const section of this.sections) {
        if (!section.all.includes(text)) continue;
        for (const field of NAMES) {
          const times = fold(section[field]).match(expression)?.length;
          if (times) this.#weigh(weights, section, field, times);
        }
      }
      const hits = saturated(weights);
      this.literals.set(text, { hits, rarity: this.#rarity(hits, text), marks: [{ pattern }] });
    }
    return this.literals.get(text);
  }

  // For several terms, sections with all of them come first.
  #all(terms) {
    const whole = sum(terms.map(({ rarity }) => rarity));
    const found = new Map();
    for (const { hits, rarity } of terms) {
      for (const [section, worth] of hits) {
        const [much, covered] = found.get(section) ?? [0, 0];
        found.set(section, [much + rarity * worth, covered + rarity]);
      }
    }
    const hits = new Map();
    for (const [section, [much, covered]] of found) hits.set(section, (much / whole) * (covered / whole));
    return { hits, rarity: whole, marks: terms.flatMap(({ marks }) => marks) };
  }

  // One term, or else another at a lower score.
  #either(term, other) {
    const hits = new Map(term.hits);
    for (const [section, worth] of other.hits) hits.set(section, Math.max(hits.get(section) ?? 0, LESS * worth));
    return { hits, rarity: term.hits.size ? term.rarity : other.rarity, marks: [...term.marks, ...other.marks] };
  }

  #weigh(weights, section, field, times) {
    const { weight, length } = FIELDS[field];
    const worth = (weight * times) / (1 - length + (length * section.length[field]) / this.mean[field]);
    weights.set(section, (weights.get(section) ?? 0) + worth);
  }

  // Words in few sections are more specific, and so are longer words.
  #rarity(hits, word) {
    const rarity = Math.log(1 + (this.sections.length - hits.size + 0.5) / (hits.size + 0.5));
    return Math.sqrt(rarity) * (HAN.test(word) ? 1 : Math.min(1, word.length / 5));
  }

  // The terms for one word of the query, usually a single one.
  #terms(word, last, answer) {
    if (HAN.test(word)) return this.#characters(word, answer);
    if (word.includes(".")) {
      const whole = this.#literal(fold(word));
      const names = word.split(".");
      if (whole.hits.size) return [this.#either(whole, ...this.#terms(names.at(-1), false, answer))];
      return names.flatMap((name) => this.#terms(name, last, answer));
    }
    const [near, far] = this.#near(word, last);
    if (near.size || far.size) return [near.size ? this.#words(near, far) : this.#words(far)];
    const replacement = this.#misspelt(word);
    if (replacement) {
      answer.instead.push([word, replacement]);
      return [this.#words(...this.#near(replacement, false))];
    }
    answer.missing.push(word);
    return [];
  }

  // The forms that match a word, each with its closeness: the word's own, and those of words that begin or look like it.
  #near(word, last) {
    const form = fold(word);
    const near = new Map();
    const far = new Map();
    const take = (map, other, closeness) => this.places.has(other) && !near.has(other) && map.set(other, closeness);
    const stems = [fold(this.stem(word.toLowerCase())), ...(this.stems.get(form) ?? [])];
    take(near, form, 1);
    for (const stem of stems) for (const other of this.forms.get(stem) ?? []) take(near, other, SAME_STEM);
    for (const other of this.places.keys()) {
      if (other.startsWith(form) && (form.length > 2 || last)) take(far, other, form.length / other.length);
      else if (near.size && alike(form, other)) take(far, other, 1);
    }
    return [near, far];
  }

  // The known word with the fewest edits; of several, the most frequent one.
  #misspelt(word) {
    const form = fold(word);
    const stem = fold(this.stem(word.toLowerCase()));
    let best = { edits: Infinity };
    for (const [other, places] of this.places) {
      if (other[0] !== form[0] || other.length < 4) continue;
      const edits = Math.min(mistakes(form, other), ...[...this.stems.get(other)].map((one) => mistakes(stem, one)));
      const many = places.length;
      if (edits < best.edits || (edits === best.edits && many > best.many)) best = { other, edits, many };
    }
    return best.other;
  }

  // Chinese: as a string and as a compound; or else with one character replaced; or else the parts that are known.
  #characters(run, answer) {
    const whole = this.#literal(run);
    const compound = this.#compound(run, false);
    if (compound) return [this.#either(whole, this.#all(compound.known))];
    if (whole.hits.size) return [whole];
    const similar = run.length > 3 && this.#similar(run);
    if (similar) {
      answer.instead.push([run, similar]);
      return [this.#literal(similar)];
    }
    const part = run.length > 4 && this.#compound(run, true);
    answer.missing.push(...(part ? part.unknown : [run]));
    return part ? part.known : [];
  }

  // The most likely segmentation of a run of characters: into words that most sections have.
  #compound(run, partly) {
    const best = [{ likely: 0, known: [], unknown: [] }];
    for (let end = 1; end <= run.length; end++) {
      for (let start = 0; start < end; start++) {
        const piece = run.slice(start, end);
        if (!best[start] || piece === run) continue;
        const { likely, known, unknown } = best[start];
        const term = this.#literal(piece);
        const single = piece.length === 1;
        let next;
        if (term.hits.size > (single ? this.sections.length * COMMON : 0)) {
          const gain = single ? -SINGLE : Math.log(1 + term.hits.size);
          next = { likely: likely + gain, known: [...known, term], unknown };
        } else if (single && partly) {
          next = { likely: likely - SINGLE, known, unknown: [...unknown, piece] };
        }
        if (next && !(best[end]?.likely >= next.likely)) best[end] = next;
      }
    }
    const words = best[run.length];
    return words?.known.some(({ marks: [{ pattern }] }) => pattern.length > 1) ? words : null;
  }

  // The strings in the texts that differ from a run in one character.
  #similar(run) {
    for (let place = 0; place < run.length; place++) {
      const pattern = new RegExp(`${run.slice(0, place)}\\p{sc=Han}${run.slice(place + 1)}`, "u");
      const known = this.sections.map(({ all }) => all.match(pattern)?.[0]).find(Boolean);
      if (known) return known;
    }
  }
}

// The weights of hits, scaled to between 0 and 1.
const saturated = (weights) => new Map([...weights].map(([section, weight]) => [section, weight / (SATURATION + weight)]));

// The number of typing errors between two words, if it is small for their length. A different ending counts as one and a half.
const mistakes = (a, b) => {
  if (a.length < 5) return Infinity;
  const most = a.length < 8 ? 1 : 2;
  const edits = distance(a, b, most);
  if (edits <= most) return edits;
  let same = 0;
  while (a[same] && a[same] === b[same]) same++;
  return same > 3 && Math.max(a.length, b.length) - same < 3 ? 1.5 : Infinity;
};

// Long words that differ in one letter: spellings (normalise, normalize) and forms that have different stems.
const alike = (a, b) => a.length > 6 && b.length > 6 && a.startsWith(b.slice(0, 4)) && distance(a, b, 1) === 1;

/** Marks matches in a text. */
class Marker {
  constructor(marks, word) {
    this.word = word;
    this.forms = new Set(marks.flatMap(({ form }) => form ?? []));
    this.pattern = new RegExp([...marks.flatMap(({ pattern }) => pattern ?? []), WORD].join("|"), "giu");
  }

  // A text split at the beginnings and ends of matches.
  cut(text) {
    const pieces = [];
    let end = 0;
    for (const { 0: match, index } of text.matchAll(this.pattern)) {
      if (!HAN.test(match) && !match.includes(".")) {
        const { form, parts } = this.word(match);
        if (![form, ...parts].some((each) => this.forms.has(each))) continue;
      }
      pieces.push({ text: text.slice(end, index), found: false }, { text: match, found: true });
      end = index + match.length;
    }
    return [...pieces, { text: text.slice(end), found: false }].filter(({ text }) => text);
  }

  // The excerpt of a section's text with the most matches; or the names in its code.
  excerpt({ text, code }) {
    const size = HAN.test(text.slice(0, 50)) ? 90 : 180;
    const found = [];
    let place = 0;
    for (const piece of this.cut(text)) {
      if (piece.found) found.push({ place, form: fold(piece.text) });
      place += piece.text.length;
    }
    if (!found.length) {
      const names = this.cut(code).filter((piece) => piece.found);
      if (names.length) return names.flatMap((name, index) => (index ? [{ text: " … ", found: false }, name] : [name]));
    }
    const after = ({ place: from }) => found.filter(({ place }) => place >= from && place < from + size * 0.7);
    const many = (one) => new Set(after(one).map(({ form }) => form)).size;
    const best = found.reduce((one, other) => (many(other) > many(one) ? other : one), { place: 0 });

    // From the beginning of the sentence, if that is near, to the end of a word.
    const before = text.slice(0, best.place);
    const sentence = before.match(/.*(?:[.?!:] |[。？！：])/u)?.[0].length ?? 0;
    const near = best.place - sentence < size * 0.3;
    const [from, start] = near ? [sentence, ""] : [best.place - Math.round(size * 0.2), "… "];
    let part = text.slice(from, from + size);
    if (start) part = part.replace(/^[^\s\p{sc=Han}]+ /u, "");
    if (from + size < text.length) part = `${part.replace(/[^\s\p{sc=Han}，。、]+$/u, "").trimEnd()} …`;
    return this.cut(start + part);
  }
}
