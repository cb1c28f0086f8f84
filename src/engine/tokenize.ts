/** Texts to token ids with the tokenizer of a model bundle. */
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import type { ModelManifest } from '../core/model.ts';
import { createTokenizer, encodeTexts, type Tokenizer } from '../lib/text/encode.ts';
import type { TextItem } from './text-items.ts';

export interface Tokens {
  /** [texts, contextLength], row-major. */
  readonly ids: BigInt64Array;
  /** Only where the graph takes one. */
  readonly mask: BigInt64Array | undefined;
  readonly contextLength: number;
  /** Columns of each row that the graph must see: the rest is padding. */
  readonly lengths: Int32Array;
  /** Rows of different lengths may not share a batch. */
  readonly sameLength: boolean;
  /** How many texts were cut to the context. */
  readonly truncated: number;
}

/** @throws ModelError where the bundle's tokenizer cannot be read */
export async function tokenize(
  items: readonly Pick<TextItem, 'text' | 'group'>[],
  tower: NonNullable<ModelManifest['text']>,
  directory: string,
  { files }: Context,
): Promise<Tokens> {
  const read = async (name: string) => JSON.parse(await files.readText(join(directory, name))) as unknown;
  const tokenizer = createTokenizer(await read(tower.tokenizer), await read(tower.tokenizerConfig));
  const { contextLength, padding, padId, endId } = tower;
  const texts = items.map(({ text }) => text);
  const { ids, mask, lengths, truncated } = encodeTexts(tokenizer, texts, { contextLength, padId, endId });
  if (padding === 'context') lengths.fill(contextLength);
  if (padding === 'group') padToGroups(lengths, items, groupLengths(tokenizer, contextLength));
  const asked = tower.mask === undefined ? undefined : mask;
  return { ids, mask: asked, lengths, sameLength: padding === 'group', contextLength, truncated };
}

/** Tokens of the longest text of a group; each group is asked once. */
function groupLengths(tokenizer: Tokenizer, contextLength: number): (group: readonly string[]) => number {
  const known = new Map<readonly string[], number>();
  return (group) => {
    const found = known.get(group) ?? Math.max(...group.map((text) => tokenizer.encode(text).ids.length));
    known.set(group, found);
    return Math.min(found, contextLength);
  };
}

function padToGroups(
  lengths: Int32Array,
  items: readonly Pick<TextItem, 'group'>[],
  lengthOf: (group: readonly string[]) => number,
): void {
  items.forEach(({ group }, row) => {
    if (group) lengths[row] = lengthOf(group);
  });
}
