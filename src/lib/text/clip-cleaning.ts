/** How CLIP and open_clip clean a text before they tokenize it, as normalizers of a Hugging Face tokenizer. */

function replace(pattern: object, content: string): object {
  return { type: 'Replace', pattern, content };
}

/** The named entities that reports hold; html.unescape knows 2,231 names and every number. */
const ENTITIES: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&#x27;', "'"],
  ['&nbsp;', ' '],
];

/** Letters that ftfy takes apart. Source: rspeer/python-ftfy:ftfy/chardata.py (LIGATURES). */
const LIGATURES: readonly (readonly [string, string])[] = [
  ...([
    'ĲIJ',
    'ĳij',
    'ŉʼn',
    'ǱDZ',
    'ǲDz',
    'ǳdz',
    'ǄDŽ',
    'ǅDž',
    'ǆdž',
    'ǇLJ',
    'ǈLj',
    'ǉlj',
    'ǊNJ',
    'ǋNj',
    'ǌnj',
  ] as const),
  ...(['ﬀff', 'ﬁfi', 'ﬂfl', 'ﬃffi', 'ﬄffl', 'ﬅſt', 'ﬆst'] as const),
].map((letters) => [letters[0]!, letters.slice(1)]);

/** Windows-1252 read as Latin-1 leaves these control characters; quotes are among the rules for quotes. */
const WINDOWS: readonly (readonly [string, string])[] = [
  ['\x80', '€'],
  ['\x85', '…'],
  ['\x95', '•'],
  ['\x96', '–'],
  ['\x97', '—'],
  ['\x99', '™'],
];

/**
 * What CLIP does to a text before it lower-cases it: ftfy.fix_text, html.unescape twice, white space collapsed. ftfy cannot
 * be expressed as rules: kept are its straight quotes, Latin ligatures, removal of control characters and terminal escapes,
 * Windows' punctuation and NFC; left out are the repair of wrongly decoded text (mojibake) and the wide and narrow forms of
 * East Asian fonts. For plain ASCII text without entities other than the common ones this is what CLIP does, exactly.
 */
export function cleaningNormalizers(): object[] {
  const literal = ([from, to]: readonly [string, string]) => replace({ String: from }, to);
  return [
    replace({ Regex: '&(amp;)+' }, '&'), // first, since an entity may be escaped twice
    ...ENTITIES.map(literal),
    replace({ Regex: '\\x1B\\[[0-9;]*[A-Za-z]' }, ''),
    ...LIGATURES.map(literal),
    ...WINDOWS.map(literal),
    replace({ Regex: '[\\u02BC\\u2018-\\u201B\\x91\\x92]' }, "'"),
    replace({ Regex: '[\\u201C-\\u201F\\x93\\x94]' }, '"'),
    replace({ Regex: '[\\x00-\\x08\\x0B\\x0E-\\x1F\\x7F\\u206A-\\u206F\\uFEFF\\uFFF9-\\uFFFC]' }, ''),
    { type: 'NFC' },
    replace({ Regex: '\\s+' }, ' '),
  ];
}
