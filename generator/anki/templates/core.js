// What a numeric card computes: which variant it shows, what was typed, and whether that is right. Nothing here touches the
// page, so that `redraw check` and the tests run this very text in Python. ES2017 at most, for the web views of old phones.

// Days since 1970 on the learner's clock. A day begins at 04:00, as Anki's does.
function dayOf(now) {
  now.setHours(now.getHours() - 4);
  return Math.floor(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / 86400000);
}

// FNV-1a with the finish of MurmurHash3: without that, texts that differ in their last letter only would keep their order.
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

// How far the pool moves on from one day to the next: some 0.38 of it (a golden section), and prime to its size. So days less
// than a pool apart begin at different variants, and what a day repeats is not what the next day begins with.
function stride(size) {
  const divisor = (a, b) => (b ? divisor(b, a % b) : a);
  let step = Math.round(size * 0.382);
  while (divisor(step, size) !== 1) step++;
  return step;
}

// The variant of a showing, the first of a day being 0. It follows from the note and the day alone, whichever app asks.
function choose(guid, day, showing, size) {
  const index = ((hash(guid) % size) + (day % size) * stride(size) + showing) % size;
  return index < 0 ? index + size : index;
}

// The memory: the showings of today, and the last one. Another card's script may have written it.
function sane(memory) {
  const fresh = { day: null, counts: {}, last: null };
  if (!memory || !Number.isInteger(memory.day) || typeof memory.counts !== "object" || !memory.counts) return fresh;
  for (const guid of Object.keys(memory.counts)) if (!Number.isInteger(memory.counts[guid])) return fresh;
  const last = memory.last;
  const whole = last && Number.isInteger(last.day) && Number.isInteger(last.showing) && Array.isArray(last.typed);
  if (whole && !last.typed.every((text) => typeof text === "string")) return fresh;
  return { day: memory.day, counts: memory.counts, last: whole ? last : null };
}

// How many showings the note had today.
function count(memory, guid, day) {
  const known = memory.day === day && Object.prototype.hasOwnProperty.call(memory.counts, guid);
  return known ? memory.counts[guid] : 0;
}

// The next showing of a note. It is open until its back is shown.
function next(memory, guid, day) {
  const showing = count(memory, guid, day);
  if (memory.day !== day) memory.counts = {};
  memory.day = day;
  memory.counts[guid] = showing + 1;
  memory.last = { guid, day, showing, typed: [], open: true };
  return memory.last;
}

// A front is shown. If it was the last thing shown, the app has only drawn it anew, and the numbers stay.
function remember(memory, guid, day) {
  const last = memory.last;
  return last && last.open && last.guid === guid && last.day === day ? last : next(memory, guid, day);
}

// A back is shown. It belongs to the front before it, even if a new day has begun since.
function recall(memory, guid, day) {
  const last = memory.last;
  if (!last || last.guid !== guid) return { guid, day, showing: Math.max(0, count(memory, guid, day) - 1), typed: [], open: false };
  last.open = false;
  return last;
}

// Reading what was typed.

// One sign for each thing: the minus, the multiplication, the quote, the space; small letters; powers behind `^`.
function plain(text) {
  const raised = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹";
  return text
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[⁺⁻⁰¹²³⁴-⁹]+/g, (run) => "^" + Array.from(run, (sign) => "+-0123456789"[raised.indexOf(sign)]).join(""))
    .replace(/[‐-―−﹣]/g, "-")
    .replace(/\*\*/g, "^")
    .replace(/[×·⋅∙✕✖∗]/g, "*")
    .replace(/[∕⁄÷]/g, "/")
    .replace(/[’‘ʼ′]/g, "'")
    .replace(/[⟨〈]/g, "(")
    .replace(/[⟩〉]/g, ")")
    .replace(/\s+/g, " ")
    .toLowerCase()
    .trim();
}

function fold(word) {
  return plain(word.normalize("NFKC"));
}

// The values that a row of digits may stand for. A comma is decimal where it is the only one and no dot is there; but `1,000`
// is also what many write for a thousand, so that it may be either. With several marks, all but the last kind group digits.
function decimals(text) {
  if (!/^[.,]?\d[\d .,'_]*$/.test(text)) return [];
  const commas = text.split(",").length - 1;
  const dots = text.split(".").length - 1;
  let point = dots === 1 ? "." : commas === 1 ? "," : "";
  if (commas === 1 && dots === 1) point = text.lastIndexOf(",") > text.lastIndexOf(".") ? "," : ".";
  const cut = point ? text.lastIndexOf(point) : text.length;
  const whole = text.slice(0, cut);
  const part = text.slice(cut + 1);
  if (!/^\d*$|^\d{1,3}([ '_.,])\d{3}(?:\1\d{3})*$/.test(whole) || !/^\d*$|^\d{3}(?: \d{3})* \d{1,3}$/.test(part)) return [];
  const values = [Number(whole.replace(/\D/g, "") + "." + part.replace(/ /g, "") + "0")];
  if (/^[1-9]\d{0,2},\d{3}$/.test(text)) values.push(Number(text.replace(",", "")));
  return values;
}

// `3`, `2e5`, `2^-3`.
function powers(text) {
  const match = /^(.+?)(?:e([+-]?\d{1,3}))?(?: ?\^ ?[({]?([+-]?\d{1,4})[)}]?)?$/.exec(text.trim());
  if (!match) return [];
  return decimals(match[1]).map((value) => Math.pow(match[2] ? Number(value + "e" + match[2]) : value, Number(match[3] || 1)));
}

// `5*10^-1`.
function products(text) {
  const factors = text.replace(/(\d) ?x ?(?=\d)/g, "$1*").split("*").map(powers);
  return factors.reduce((all, next) => [].concat(...all.map((a) => next.map((b) => a * b))), [1]);
}

// A sign, a product or a quotient of two: `-1/2`.
function quotients(text) {
  if (/^[+-]? ?(?:∞|inf(?:inity|ty)?)$/.test(text)) return [text[0] === "-" ? -Infinity : Infinity];
  const match = /^([+-]?) ?([^/]+)(?:\/([^/]+))?$/.exec(text.replace(/^\(([^()]*)\)$/, "$1"));
  if (!match) return [];
  const below = match[3] ? products(match[3]) : [1];
  const values = [].concat(...products(match[2]).map((a) => below.map((b) => a / b)));
  return values.filter(Number.isFinite).map((value) => (match[1] === "-" ? -value : value));
}

// All that a text may mean as a number; nothing, if it is none. An answer that is shown in percent may be typed as it is shown.
function numbers(text, check) {
  const unit = plain(check.unit || "");
  const bare = unit && text.endsWith(unit) ? text.slice(0, -unit.length).trim() : text;
  const share = /^(.+?) ?([%‰])$/.exec(bare);
  if (share) return quotients(share[1]).map((value) => value / (share[2] === "%" ? 100 : 1000));
  const bytes = /^(.*\d) ?([kmgtp]?)(i?)b$/.exec(bare);
  if (bytes) return quotients(bytes[1]).map((value) => value * Math.pow(bytes[3] ? 1024 : 1000, " kmgtp".indexOf(bytes[2] || " ")));
  const values = quotients(bare);
  return check.factor !== 1 ? values.concat(values.map((value) => value / check.factor)) : values;
}

// Text without the brackets that hold all of it.
function unwrapped(text) {
  const inner = text.trim().replace(/ ?\^ ?(?:t|⊤|\{\\?top\})$|[ᵀ']$/, "");
  return /^[[({<][^[\](){}<>]*[\])}>]$/.test(inner) ? inner.slice(1, -1).trim() : inner;
}

// The entries of a list: whichever of these separates as many as there should be, else the first that is there at all.
function entries(text, count) {
  const inner = unwrapped(text);
  if (inner === "" || inner === "∅") return [];
  const ways = [/;/, /\s+,\s*|\s*,\s+/, /\s+/, /,/].map((separator) => inner.split(separator).map((entry) => entry.trim()).filter(Boolean));
  return ways.find((way) => way.length === count) || ways.find((way) => way.length > 1) || [inner];
}

// The rows of `[[1, 2], [3, 4]]`, `(1, 2), (3, 4)` or `1 2; 3 4`; null for what has none.
function rows(text) {
  const inner = /^\[\s*[[(]/.test(text) || /^\(\s*\(/.test(text) ? text.slice(1, -1) : text;
  const groups = inner.match(/\[[^[\]()]*\]|\([^[\]()]*\)/g);
  if (groups && inner.replace(/\[[^[\]()]*\]|\([^[\]()]*\)/g, "").replace(/[,; ]/g, "") === "" && (groups.length > 1 || inner !== text)) {
    return groups;
  }
  const inside = unwrapped(text);
  return inside.includes(";") ? inside.split(";").filter((line) => line.trim()) : null;
}

function flat(nested) {
  return Array.isArray(nested) ? [].concat(...nested.map(flat)) : [nested];
}

// Whether there are words among the entries: a word has no margin.
function wordy(check) {
  return flat(check.margin).includes(null);
}

// The answer as entries in the shape in which it was typed.
function parse(text, check) {
  const leaf = (entry) => ({ word: fold(entry), numbers: numbers(plain(entry), check) });
  if (check.kind === "word") return leaf(text);
  const clean = wordy(check) ? fold(text) : plain(text).replace(/^.*[=≈~]/, "").trim();
  if (check.kind === "number") return leaf(clean);
  const lines = check.kind === "set" ? null : rows(clean);
  if (check.kind === "matrix") return grid(clean, lines, check.value).map((row) => row.map(leaf));
  const upright = lines && /[[(].*[[(]/.test(clean);
  return (upright ? flat(lines.map((line) => entries(line, 0))) : entries(clean, check.value.length)).map(leaf);
}

// A matrix by its rows, or row by row without any sign of where one ends.
function grid(text, lines, value) {
  const width = value.length ? value[0].length : 0;
  if (lines) return lines.map((line) => entries(line, width));
  const all = entries(text, value.length * width);
  return all.length === value.length * width ? value.map((row, i) => all.slice(i * width, (i + 1) * width)) : [all];
}

// Comparing.

function valueOf(digits) {
  return /inf/i.test(digits) ? (digits[0] === "-" ? -Infinity : Infinity) : Number(digits);
}

function miss(leaf, value, margin) {
  if (margin === null) return leaf.word === fold(value) ? 0 : Infinity;
  const aim = valueOf(value);
  return Math.min(Infinity, ...leaf.numbers.map((number) => (number === aim ? 0 : Math.abs(number - aim))));
}

// Each entry that was typed beside the one that it is meant for; null if the shapes differ.
function pairs(typed, value, margin, kind) {
  if (!Array.isArray(value)) return Array.isArray(typed) ? null : [{ leaf: typed, value, margin }];
  if (!Array.isArray(typed)) return null;
  if (kind === "set") return members(typed, value, margin);
  if (typed.length !== value.length) return null;
  const parts = typed.map((entry, i) => pairs(entry, value[i], margin[i], ""));
  return parts.includes(null) ? null : [].concat(...parts);
}

// In a set each value takes the nearest that is left of what was typed; what was typed twice counts once.
function members(typed, value, margin) {
  const same = (a, b) => a.word === b.word || (a.numbers.length > 0 && a.numbers[0] === b.numbers[0]);
  const left = typed.filter((leaf, i) => !typed.slice(0, i).some((other) => same(other, leaf)));
  if (left.length !== value.length) return null;
  return value.map((aim, i) => {
    const far = left.map((leaf) => miss(leaf, aim, margin[i]));
    return { leaf: left.splice(far.indexOf(Math.min(...far)), 1)[0], value: aim, margin: margin[i] };
  });
}

// The slack is for the last bits of binary fractions: 0.16 - 0.15 is more than 0.01 there.
function within(pair) {
  const off = miss(pair.leaf, pair.value, pair.margin);
  const margin = Number(pair.margin);
  const size = Math.abs(valueOf(pair.value));
  return off === 0 || (pair.margin !== null && size < Infinity && off <= margin + 1e-12 * Math.max(size, margin));
}

// Off by at most 3 %: the slip of one who rounded too early.
function slipped(pair) {
  const size = Math.abs(valueOf(pair.value));
  return pair.margin !== null && size < Infinity && miss(pair.leaf, pair.value, pair.margin) <= 0.03 * size;
}

function grade(typed, check) {
  if (typed === null) return "empty";
  if (!wordy(check) && flat(typed).some((leaf) => leaf.numbers.length === 0)) return "unclear";
  const found = pairs(typed, check.value, check.margin, check.kind);
  if (!found) return "wrong";
  if (found.every(within)) return "right";
  return found.every((pair) => within(pair) || slipped(pair)) ? "rounding" : "wrong";
}

// How far what was typed is from a set of answers: the worst entry, in units of the right one. Infinity for another shape.
function distance(typed, checks, values, margins) {
  const far = checks.map((check, i) => {
    const found = pairs(typed[i], values[i], margins[i], check.kind);
    const sizes = flat(check.value).map((value) => Math.abs(valueOf(value)));
    const size = (j) => (sizes[j] > 0 && sizes[j] < Infinity ? sizes[j] : 1);
    return found ? Math.max(0, ...found.map((pair, j) => miss(pair.leaf, pair.value, pair.margin) / size(j))) : Infinity;
  });
  return Math.max(...far);
}

// Of the known mistakes the nearest that leads to what was typed (-1: none), and whether any is nearer than the right answer.
function suspect(typed, data) {
  const checks = data.checks;
  const own = distance(typed, checks, checks.map((check) => check.value), checks.map((check) => check.margin));
  const found = { fitting: -1, nearer: false };
  let best = Infinity;
  data.mistakes.forEach((mistake, index) => {
    // An answer that a mistake leaves alone comes out right.
    const values = checks.map((check, i) => (mistake.values[i] === null ? check.value : mistake.values[i]));
    const margins = checks.map((check, i) => (mistake.values[i] === null ? check.margin : mistake.margins[i]));
    const far = distance(typed, checks, values, margins);
    const fits = checks.every((check, i) => (pairs(typed[i], values[i], margins[i], check.kind) || [false]).every((p) => p && within(p)));
    found.nearer = found.nearer || far < own;
    if (fits && far < best) {
      found.fitting = index;
      best = far;
    }
  });
  return found;
}

// The verdict on what was typed into all fields, the state of each, and the index of the mistake if it is a known one.
function judge(data, texts) {
  const typed = data.checks.map((check, i) => ((texts[i] || "").trim() ? parse(texts[i].slice(0, 300), check) : null));
  const fields = typed.map((answer, i) => grade(answer, data.checks[i]));
  const say = (verdict, mistake) => ({ verdict, mistake, fields });
  if (fields.every((field) => field === "empty")) return say("empty", -1);
  if (fields.includes("unclear")) return say("unclear", -1);
  if (fields.includes("empty")) return say("partial", -1);
  if (fields.every((field) => field === "right")) return say("right", -1);
  const { fitting, nearer } = suspect(typed, data);
  if (fitting >= 0) return say("wrong", fitting);
  return say(nearer || fields.includes("wrong") ? "wrong" : "rounding", -1);
}
