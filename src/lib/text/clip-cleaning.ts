/** How CLIP and open_clip clean a text before they tokenize it, as normalizers of a Hugging Face tokenizer. */

function replace(pattern: object, content: string): object {
  return { type: 'Replace', pattern, content };
}

/**
 * What CLIP does to a text before it lower-cases it: ftfy.fix_text, html.unescape twice, white space collapsed. ftfy cannot
 * be expressed as rules: kept are its straight quotes, Latin ligatures, removal of control characters and NFC; left out
 * are the repair of wrongly decoded text (mojibake) and full-width letters. Of the HTML entities the five of XML, the
 * apostrophe's numbers and the hard space are known. For plain ASCII text this is what CLIP does, exactly.
 */
export function cleaningNormalizers(): object[] {
  const entities: readonly [string, string][] = [
    ['&lt;', '<'],
    ['&gt;', '>'],
    ['&quot;', '"'],
    ['&#34;', '"'],
    ['&apos;', "'"],
    ['&#39;', "'"],
    ['&#x27;', "'"],
    ['&nbsp;', ' '],
  ];
  const ligatures = { ﬀ: 'ff', ﬁ: 'fi', ﬂ: 'fl', ﬃ: 'ffi', ﬄ: 'ffl', ﬆ: 'st' };
  return [
    replace({ Regex: '&(amp;)+' }, '&'), // first, since an entity may be escaped twice
    ...entities.map(([entity, character]) => replace({ String: entity }, character)),
    ...Object.entries(ligatures).map(([ligature, letters]) => replace({ String: ligature }, letters)),
    replace({ Regex: '[\\u02BC\\u2018-\\u201B]' }, "'"),
    replace({ Regex: '[\\u201C-\\u201F]' }, '"'),
    replace({ Regex: '[\\x00-\\x08\\x0B\\x0E-\\x1F\\x7F\\u206A-\\u206F\\uFEFF\\uFFF9-\\uFFFC]' }, ''),
    { type: 'NFC' },
    replace({ Regex: '\\s+' }, ' '),
  ];
}
