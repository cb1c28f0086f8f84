/** The WordPiece tokenizer that lies beside a model's weights, as part of its bundle. */
import { z } from 'zod';
import { ModelError } from '../../../core/errors.ts';
import type { ModelManifest } from '../../../core/model.ts';
import { bertTokenizer } from '../../../lib/text/bert-tokenizer.ts';
import type { WordPieceOptions } from '../../../lib/text/wordpiece.ts';
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
  /** Whether words of the vocabulary have capitals, for models whose published vocabulary is known; not checked unless given. */
  readonly hasCapitals?: boolean | undefined;
}

type BertText = Pick<
  NonNullable<ModelManifest['text']>,
  'tokenizer' | 'tokenizerConfig' | 'contextLength' | 'padding' | 'padId' | 'endId'
>;

const CONFIG = 'tokenizer_config.json';
const TOKENIZER = 'tokenizer.json';

/**
 * Writes tokenizer.json and tokenizer_config.json from tokenizer.json or vocab.txt, and tokenizer_config.json, beside the weights.
 * @throws ModelError where neither is there, where one has not as many entries as the word embedding has rows, or where nothing
 * says whether texts are lower-cased
 */
export async function writeBertTokenizer(
  weights: Pick<Weights, 'sibling' | 'where'>,
  writer: BundleWriter,
  { contextLength, vocabulary, lowercase, hasCapitals, ...options }: BertTokenizerOptions,
): Promise<BertText> {
  const settings = await readConfiguration(weights, CONFIG, z.record(z.string(), z.unknown()));
  const files = {
    tokenizerJson: await readConfiguration(weights, TOKENIZER, z.unknown()),
    vocabulary: await weights.sibling('vocab.txt'),
    config: withCase(settings, lowercase, weights.where),
  };
  const made = bertTokenizer(files, options);
  const file = files.tokenizerJson === undefined ? 'vocab.txt' : TOKENIZER;
  const { vocab } = (made.tokenizer as { readonly model: { readonly vocab: Vocabulary } }).model;
  requireRows(vocab, { rows: vocabulary, file, where: weights.where });
  if (hasCapitals !== undefined) requireCapitals(vocab, hasCapitals, `${file} of ${weights.where}`);
  await writer.text(TOKENIZER, JSON.stringify(made.tokenizer));
  await writer.text(CONFIG, `${JSON.stringify(made.config, null, 2)}\n`);
  const { padId, endId } = made;
  return { tokenizer: TOKENIZER, tokenizerConfig: CONFIG, contextLength, padding: 'batch', padId, endId };
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

interface Rows {
  /** Of the word embedding. */
  readonly rows: number;
  /** That the vocabulary came from. */
  readonly file: string;
  readonly where: string;
}

type Vocabulary = Readonly<Record<string, number>>;

function requireCapitals(vocab: Vocabulary, expected: boolean, where: string): void {
  const actual = Object.keys(vocab).some((word) => /\p{Lu}/u.test(word) && !/^\[.*\]$/.test(word));
  if (actual === expected) return;
  const kind = (isCased: boolean) => (isCased ? 'a cased vocabulary' : 'an uncased vocabulary');
  throw new ModelError(
    `tokenizer, expected ${kind(expected)}, got ${kind(actual)} (${where})`,
    'this is another model',
  );
}

function requireRows(vocab: Vocabulary, { rows, file, where }: Rows): void {
  const last = Object.values(vocab).reduce((largest, id) => Math.max(largest, id), 0);
  if (last + 1 === rows) return;
  // Words of a shorter one would be read as unknown, without a sign of it.
  throw new ModelError(
    `${file}, expected the ${rows} entries of the word embedding, got ${last + 1} (${where})`,
    `${file} is cut off, or belongs to another model`,
  );
}
