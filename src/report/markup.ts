/** Safe HTML: a tagged template that escapes every interpolated string, so that no report text or id can become markup. */

/** Text that is already HTML. Only this file makes one. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Content = string | number | Markup | null | undefined | false | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes text for element content and quoted attributes. Control characters and lone surrogates become U+FFFD; bidirectional
 * overrides, which could reorder what a reader sees, too.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

function flatten(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return escapeHtml(String(content));
  return content.map(flatten).join('');
}

/** `html\`<p title="${name}">${body}</p>\``: strings are escaped, Markup is kept, arrays are joined, null and false vanish. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = parts[0]!;
  contents.forEach((content, i) => {
    text += flatten(content) + parts[i + 1]!;
  });
  return new Markup(text);
}

/** Declares text of this program (never data) to be HTML: rendered SVG, the style sheet, the script. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

const DATA_URI = /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/** The data URI of a picture, or undefined where the text is anything else (no SVG, no outside address). */
export function pictureSource(uri: string | undefined): string | undefined {
  return uri !== undefined && DATA_URI.test(uri) ? uri : undefined;
}
