/** Texts to the token ids that a text tower takes: padded, and cut where they are too long. */
import { Tokenizer } from '@huggingface/tokenizers';
import { ModelError } from '../../core/errors.ts';

export type { Tokenizer };

export interface EncodeTextsOptions {
  /** Tokens per text. */
  readonly contextLength: number;
  readonly padId: number;
  /** Id kept at the last place of a text that is cut. */
  readonly endId?: number | undefined;
}

export interface EncodedTexts {
  /** [texts, contextLength], row-major. */
  readonly ids: BigInt64Array;
  /** 1 at tokens, 0 at padding; [texts, contextLength]. */
  readonly mask: BigInt64Array;
  /** Tokens of each text, at most contextLength. */
  readonly lengths: Int32Array;
  /** How many texts were cut. The reference tokenizer of CLIP refuses them, its training cut them. */
  readonly truncated: number;
}

/**
 * A tokenizer from the parsed content of tokenizer.json and tokenizer_config.json.
 * @throws ModelError where they do not describe one
 */
export function createTokenizer(tokenizer: unknown, config: unknown): Tokenizer {
  try {
    return new Tokenizer(tokenizer as object, config as object);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError(`tokenizer, expected the content of a Hugging Face tokenizer.json, got: ${got}`);
  }
}

/** Token ids and mask of each text. */
export function encodeTexts(tokenizer: Tokenizer, texts: readonly string[], options: EncodeTextsOptions): EncodedTexts {
  const { contextLength, padId, endId } = options;
  const ids = new BigInt64Array(texts.length * contextLength).fill(BigInt(padId));
  const mask = new BigInt64Array(ids.length);
  const lengths = new Int32Array(texts.length);
  let truncated = 0;
  texts.forEach((text, row) => {
    const found = tokenizer.encode(text).ids;
    const start = row * contextLength;
    const length = Math.min(found.length, contextLength);
    lengths[row] = length;
    for (let i = 0; i < length; i++) ids[start + i] = BigInt(found[i]!);
    mask.fill(1n, start, start + length);
    if (found.length <= contextLength) return;
    truncated++;
    if (endId !== undefined) ids[start + contextLength - 1] = BigInt(endId);
  });
  return { ids, mask, lengths, truncated };
}
