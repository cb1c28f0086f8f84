/** Sentences and words of a report, with where they stand in the text. One pass over the characters, no backtracking. */

export interface Token {
  /** Lower case; a punctuation mark stands for itself. */
  readonly text: string;
  /** Offsets in the text, in UTF-16 code units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly isWord: boolean;
}

export type Sentence = readonly Token[];

/** A stop after one of these ends no sentence. */
const ABBREVIATIONS = new Set(['vs', 'dr', 'drs', 'mr', 'mrs', 'ms', 'approx', 'ca', 'eg', 'ie', 'etc', 'st', 'resp']);

/** Longer runs of tokens are cut, so that work per sentence is bounded whatever the text. */
const LONGEST_SENTENCE = 120;
const LONGEST_WORD = 60;

const NEWLINE = 10;
const STOP = 46;

/**
 * Splits a text into sentences of tokens. Hyphens, brackets of de-identification (`[** **]`, `___`) and other signs separate
 * words and vanish; `, ; : ( ) / ? &` are tokens. A sentence ends at `.`, `!` or `?` before a space, at a bullet, and at an
 * empty line; not at a wrapped line, a decimal point or an abbreviation.
 */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Token[][] = [];
  let current: Token[] = [];
  const end = () => {
    if (current.length > 0) sentences.push(current);
    current = [];
  };
  for (let index = 0; index < text.length; ) {
    const code = text.charCodeAt(index);
    if (isWordCode(code)) {
      const stop = wordEnd(text, index);
      if (current.length >= LONGEST_SENTENCE) end();
      const word = text.slice(index, Math.min(stop, index + LONGEST_WORD)).toLowerCase();
      current.push({ text: word, start: index, end: stop, isWord: true });
      index = stop;
      continue;
    }
    if (isMark(code)) current.push({ text: text[index]!, start: index, end: index + 1, isWord: false });
    if (endsSentence(text, index, current)) end();
    index++;
  }
  end();
  return sentences;
}

function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7)
  );
}

/** Letters and digits, an apostrophe between letters, a point or a comma between digits. */
function wordEnd(text: string, start: number): number {
  let index = start + 1;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isWordCode(code)) continue;
    const joins = isApostrophe(code) ? isLetter : code === STOP ? isDigit : undefined;
    if (!joins?.(text.charCodeAt(index - 1)) || !joins(text.charCodeAt(index + 1))) break;
  }
  return index;
}

const isApostrophe = (code: number) => code === 39 || code === 0x2019;
const isDigit = (code: number) => code >= 48 && code <= 57;
const isLetter = (code: number) => isWordCode(code) && !isDigit(code);
const isSpace = (code: number) => code === 32 || code === NEWLINE || code === 13 || code === 9 || Number.isNaN(code);

/** `, ; : ( ) / ? &` */
function isMark(code: number): boolean {
  return (
    code === 44 || code === 59 || code === 58 || code === 40 || code === 41 || code === 47 || code === 63 || code === 38
  );
}

function endsSentence(text: string, index: number, current: readonly Token[]): boolean {
  const code = text.charCodeAt(index);
  if (code === 33 || code === 63) return current.length > 1 && isSpace(text.charCodeAt(index + 1)); // `? pneumonia`
  if (code === NEWLINE) return startsParagraph(text, index + 1);
  if (code !== STOP) return false;
  const last = current.at(-1);
  if (last?.isWord && last.end === index && ABBREVIATIONS.has(last.text)) return false;
  const next = text.charCodeAt(index + 1);
  return isSpace(next) || isUpper(next) || next === STOP;
}

const isUpper = (code: number) => code >= 65 && code <= 90;

/** Whether the line that begins here is empty or opens with a bullet or a number. At most 8 characters are looked at. */
function startsParagraph(text: string, start: number): boolean {
  let index = start;
  while (index < start + 8 && (text.charCodeAt(index) === 32 || text.charCodeAt(index) === 9)) index++;
  const code = text.charCodeAt(index);
  if (Number.isNaN(code) || code === NEWLINE || code === 13) return true;
  if (code === 45 || code === 42 || code === 0x2022) return true;
  const after = text.charCodeAt(index + 1);
  return isDigit(code) && (after === STOP || after === 41);
}
