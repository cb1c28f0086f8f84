/** Texts to token ids with the tokenizer of a model bundle. */
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import type { ModelManifest } from '../core/model.ts';
import { createTokenizer, encodeTexts } from '../lib/text/encode.ts';

export interface Tokens {
  /** [texts, contextLength], row-major. */
  readonly ids: BigInt64Array;
  /** Only where the graph takes one. */
  readonly mask: BigInt64Array | undefined;
  readonly contextLength: number;
  /** How many texts were cut to the context. */
  readonly truncated: number;
}

/** @throws ModelError where the bundle's tokenizer cannot be read */
export async function tokenize(
  texts: readonly string[],
  tower: NonNullable<ModelManifest['text']>,
  directory: string,
  { files }: Context,
): Promise<Tokens> {
  const read = async (name: string) => JSON.parse(await files.readText(join(directory, name))) as unknown;
  const tokenizer = createTokenizer(await read(tower.tokenizer), await read(tower.tokenizerConfig));
  const { contextLength, padId, endId } = tower;
  const { ids, mask, truncated } = encodeTexts(tokenizer, texts, { contextLength, padId, endId });
  return { ids, mask: tower.mask === undefined ? undefined : mask, contextLength, truncated };
}
