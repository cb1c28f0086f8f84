/** The WordPiece tokenizer that lies beside a model's weights, as part of its bundle. */
import { z } from 'zod';
import { ModelError } from '../../core/errors.ts';
import type { ModelManifest } from '../../core/model.ts';
import { type WordPieceOptions, wordPieceTokenizer } from '../../lib/text/wordpiece.ts';
import type { BundleWriter } from './bundle-writer.ts';
import { readConfiguration } from './configuration.ts';
import type { Weights } from './weights.ts';

export interface BertTokenizerOptions extends WordPieceOptions {
  /** Most tokens of a text. */
  readonly contextLength: number;
  /** Rows of the word embedding. */
  readonly vocabulary: number;
  /** Whether texts are lower-cased, for repositories that do not say; one that says otherwise is refused. */
  readonly lowercase?: boolean | undefined;
}

type BertText = Pick<
  NonNullable<ModelManifest['text']>,
  'tokenizer' | 'tokenizerConfig' | 'contextLength' | 'padding' | 'padId' | 'endId'
>;

const CONFIG = 'tokenizer_config.json';
const VOCABULARY = 'vocab.txt';

/**
 * Writes tokenizer.json and tokenizer_config.json from vocab.txt and tokenizer_config.json beside the weights.
 * @throws ModelError where vocab.txt is missing or has more entries than the word embedding has rows, or where nothing says
 * whether texts are lower-cased
 */
export async function writeBertTokenizer(
  weights: Pick<Weights, 'sibling' | 'where'>,
  writer: BundleWriter,
  { contextLength, vocabulary, lowercase, ...options }: BertTokenizerOptions,
): Promise<BertText> {
  const entries = await weights.sibling(VOCABULARY);
  if (entries === undefined)
    throw new ModelError(
      `${VOCABULARY}, expected it beside the weights, got none (${weights.where})`,
      'download it from where the weights are, into the same folder',
    );
  const settings = await readConfiguration(weights, CONFIG, z.record(z.string(), z.unknown()));
  const made = wordPieceTokenizer(entries, withCase(settings, lowercase, weights.where), options);
  requireRows(made.tokenizer, vocabulary, weights.where);
  await writer.text('tokenizer.json', JSON.stringify(made.tokenizer));
  await writer.text(CONFIG, `${JSON.stringify(made.config, null, 2)}\n`);
  const { padId, endId } = made;
  return { tokenizer: 'tokenizer.json', tokenizerConfig: CONFIG, contextLength, padding: 'batch', padId, endId };
}

function withCase(
  settings: Readonly<Record<string, unknown>> | undefined,
  lowercase: boolean | undefined,
  where: string,
): unknown {
  const published = settings?.do_lower_case;
  if (lowercase === undefined) return settings;
  if (published === undefined) return { ...settings, do_lower_case: lowercase };
  if (published === lowercase) return settings;
  throw new ModelError(
    `option lowercase, expected ${published} as ${CONFIG} says, got ${lowercase} (${where})`,
    'leave the option out',
  );
}

function requireRows(tokenizer: object, rows: number, where: string): void {
  const { vocab } = (tokenizer as { readonly model: { readonly vocab: Readonly<Record<string, number>> } }).model;
  const last = Object.values(vocab).reduce((largest, id) => Math.max(largest, id), 0);
  if (last < rows) return;
  throw new ModelError(
    `${VOCABULARY}, expected at most the ${rows} entries of the word embedding, got ${last + 1} (${where})`,
    'vocab.txt belongs to another model',
  );
}
