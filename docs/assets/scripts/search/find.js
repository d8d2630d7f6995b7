// Finds the sections that a query is about. Nothing here knows the page: words in, sections out.
//
// A word is found in all its forms (by Snowball's stemmers), without its accents, as the beginning of a longer word and
// as a part of a name in code. Chinese is looked for as it stands: texts are not cut into words, only a long query is.
// Sections are ranked by BM25F: a heading counts more than what a text mentions, and rare words more than others.

const WORD = "(?:(?!\\p{sc=Han})[\\p{L}\\p{M}\\p{N}_])+";
const TOKEN = new RegExp(`${WORD}|\\p{sc=Han}+`, "gu");
// In a query a dotted name in code is one thing too.
const TERM = new RegExp(`${WORD}(?:\\.${WORD})*|\\p{sc=Han}+`, "gu");
const HAN = /\p{sc=Han}/u;

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

// How much a find counts that is not the very word asked for: another form of it, a part of a name in code, a longer
// word or one that differs in a letter, the words of a compound, or of a dotted name only the last.
const SAME_STEM = 0.7;
const PART = 0.5;
const FAR = 0.5;
const LESS = 0.6;

// How much more a section counts in which the words of the query stand side by side, as they do there.
const SIDE_BY_SIDE = 1.4;

// In how many of the sections a single Chinese character must be to be taken for a word, and what it costs to take one
// or to leave it out.
const COMMON = 0.2;
const SINGLE = 4;

// How many sections are shown at most, and how much of the first one's worth they must have.
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

// Edits from one word to another: a letter more, less or another, or two swapped. Beyond `most` they are not counted.
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
   * @param columns what docweave.search writes
   * @param lang the language they are in
   * @param stem gives the stem of a word in lower case
   */
  constructor(columns, lang, stem) {
    this.stem = stem;
    this.words = new Map(); // word as it is written → its form and stem, and those of its parts
    this.places = new Map(); // form → where it is: [section, field, times]
    this.forms = new Map(); // stem → forms
    this.stems = new Map(); // form → stems: more than one where only accents tell words apart
    this.literals = new Map(); // text → the term for it
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
    // Ids are English in every language: they make a find count more, but elsewhere they are none themselves.
    for (const [form, places] of lang === "en" ? [] : this.places) {
      if (places.every(([, field]) => field === "id")) this.places.delete(form);
    }
  }

  // A word's form (without accents, in lower case), its stem and the forms of its parts.
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

  // Takes in the words of a field, and returns how long it is.
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

  // A text as a row of stems, in which neighbours can be looked for.
  #run(text) {
    return ` ${tokens(text)
      .map((token) => this.#word(token).stem)
      .join(" ")} `;
  }

  /**
   * @returns {
   *   sections: [{url, title, page, worth, excerpt: [{text, found}]}], the best first
   *   instead: [[asked, looked for]], the words that were taken for others
   *   missing: [asked], those that are nowhere
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

  // A term is something to look for: its hits (section → what it is worth there, up to 1), its rarity and what to mark.
  // These are its kinds: words, literals, and terms made of terms.

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

  // Of several terms, sections with all of them come first.
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

  // One term, or else, for less, another.
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

  // What few sections have tells more, and so does a longer word.
  #rarity(hits, word) {
    const rarity = Math.log(1 + (this.sections.length - hits.size + 0.5) / (hits.size + 0.5));
    return Math.sqrt(rarity) * (HAN.test(word) ? 1 : Math.min(1, word.length / 5));
  }

  // What to look for, for one word of the query: usually one term.
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

  // The forms in which a word is found, with how near each is: its own, and those of words that begin or look like it.
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

  // The known word with the fewest edits, of those the one in most places.
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

  // Chinese: as it stands and as a compound; or else with one character another; or else what is known of it.
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

  // The words that a run of characters is most likely made of: those that most sections have.
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

  // What the texts have that differs from a run in one character.
  #similar(run) {
    for (let place = 0; place < run.length; place++) {
      const pattern = new RegExp(`${run.slice(0, place)}\\p{sc=Han}${run.slice(place + 1)}`, "u");
      const known = this.sections.map(({ all }) => all.match(pattern)?.[0]).find(Boolean);
      if (known) return known;
    }
  }
}

// What hits weigh, as something between 0 and 1.
const saturated = (weights) => new Map([...weights].map(([section, weight]) => [section, weight / (SATURATION + weight)]));

// How many mistakes make one word of the other, if they are few for its length. Another ending is one and a half.
const mistakes = (a, b) => {
  if (a.length < 5) return Infinity;
  const most = a.length < 8 ? 1 : 2;
  const edits = distance(a, b, most);
  if (edits <= most) return edits;
  let same = 0;
  while (a[same] && a[same] === b[same]) same++;
  return same > 3 && Math.max(a.length, b.length) - same < 3 ? 1.5 : Infinity;
};

// Long words that differ in one letter: spellings (normalise, normalize) and forms that the stemmer tells apart.
const alike = (a, b) => a.length > 6 && b.length > 6 && a.startsWith(b.slice(0, 4)) && distance(a, b, 1) === 1;

/** Marks what was found in the text it was found in. */
class Marker {
  constructor(marks, word) {
    this.word = word;
    this.forms = new Set(marks.flatMap(({ form }) => form ?? []));
    this.pattern = new RegExp([...marks.flatMap(({ pattern }) => pattern ?? []), WORD].join("|"), "giu");
  }

  // A text cut where something found begins and ends.
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

  // The part of a section's text in which the most of what was asked for stands; or the names in its code.
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

    // From the beginning of its sentence, if that is near; up to the end of a word.
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
