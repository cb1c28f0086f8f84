/** One Open-i report XML to a record. The releases' XML is plain; what is broken is said by file name and line. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { SectionName } from '../../../lib/text/report-sections.ts';

/** A study as either form of the release has it, before labels, views and image files are looked up. */
export interface IuRecord {
  /** Number of the report, also of the study and of the patient: the collection has one report per patient. */
  readonly uid: string;
  readonly sections: Readonly<Partial<Record<SectionName, string>>>;
  /** MeSH codes by indexers, `normal`, or `No Indexing`. */
  readonly mesh: readonly string[];
  readonly images: readonly { readonly name: string; readonly caption: string }[];
}

type Node = string | { readonly [name: string]: unknown } | undefined;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true, // numeric references are XML, and the parser decodes them only so
  isArray: (name) => ['AbstractText', 'major', 'parentImage'].includes(name),
});

/** Nothing is read from them, and they are four fifths of a file. */
const UNREAD = /<(panel|AuthorList|Journal)\b[^>]*>[\s\S]*?<\/\1>/g;

/**
 * Reads sections, `MeSH/major` codes and images. `MeSH/automatic` is not read: it is machine output over the same text, and
 * every report of the release has `major` codes.
 * @returns the record, or one line that says what is wrong with the file
 */
export function readOpenI(text: string, fileName: string): IuRecord | string {
  const checked = XMLValidator.validate(text);
  if (checked !== true) {
    const { line, col } = checked.err;
    return `malformed XML at line ${line}${col === undefined ? '' : `, column ${col}`}`; // an empty file has no column
  }
  let document: Node;
  try {
    document = parser.parse(text.replace(UNREAD, '')) as Node;
  } catch {
    return 'malformed XML';
  }
  const citation = child(document, 'eCitation');
  if (citation === undefined) return 'no report: expected the root element eCitation';
  const uid = (attribute(child(citation, 'uId'), 'id') || fileName.replace(/\.xml$/i, '')).replace(/^CXR/i, '');
  if (!/^[\w.-]+$/.test(uid)) return 'no report: expected an id of letters, digits, ".", "_" and "-" in uId';
  const abstract = child(child(child(citation, 'MedlineCitation'), 'Article'), 'Abstract');
  const images = children(citation, 'parentImage').map((image) => ({
    name: attribute(image, 'id'),
    caption: textOf(child(image, 'caption')),
  }));
  return {
    uid,
    sections: readAbstract(children(abstract, 'AbstractText')),
    mesh: children(child(citation, 'MeSH'), 'major').map(textOf),
    images: images.filter(({ name }) => name !== ''),
  };
}

function readAbstract(nodes: readonly Node[]): IuRecord['sections'] {
  const sections: Record<string, string> = {};
  for (const node of nodes) {
    const label = attribute(node, 'Label').toLowerCase();
    const text = textOf(node);
    sections[label] = sections[label] ? `${sections[label]}\n${text}` : text;
  }
  return sections;
}

function child(node: Node, name: string): Node {
  if (typeof node !== 'object') return undefined;
  const found = node[name];
  return (Array.isArray(found) ? found[0] : found) as Node;
}

function children(node: Node, name: string): readonly Node[] {
  const found = typeof node === 'object' ? node[name] : undefined;
  return (Array.isArray(found) ? found : found === undefined ? [] : [found]) as readonly Node[];
}

function attribute(node: Node, name: string): string {
  const value = typeof node === 'object' ? node[`@${name}`] : undefined;
  return typeof value === 'string' ? value.trim() : '';
}

function textOf(node: Node): string {
  if (typeof node === 'string') return node;
  const value = node?.['#text'];
  return typeof value === 'string' ? value : '';
}
