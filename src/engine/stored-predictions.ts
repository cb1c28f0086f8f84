/** What was predicted elsewhere, scores or embeddings, read and matched to a question, so that it is judged like a model. */
import type { Files } from '../core/context.ts';
import { DataError } from '../core/errors.ts';
import type { EmbeddingLookup, Needs, ScoreMatrix } from '../core/task.ts';
import { nodeFiles } from './files.ts';
import { matchIds, scoreMatrix } from './match-ids.ts';
import { type EmbeddingRows, readEmbeddingRows } from './stored-embeddings.ts';
import { scoresOfTable, type UnknownName } from './stored-scores.ts';
import { readStoredTable } from './stored-table.ts';

/** What of a file and of the dataset fits together. Ids only, never texts. */
export interface Matching {
  readonly matched: number;
  /** Ids of the file that no item has, or that fit several items. */
  readonly unknown: readonly string[];
  /** Of these, the ids that fit several items. */
  readonly ambiguous: readonly string[];
  /** Items that the file has no prediction for: they count as failed. */
  readonly missing: readonly string[];
  /** Findings of the question that the file scores; empty for embeddings. */
  readonly findings: readonly string[];
  /** Columns or findings of the file that the question does not have, with the nearest that it has. */
  readonly unknownFindings: readonly UnknownName[];
}

export interface StoredOptions {
  /** Column that holds the ids; found by its name unless given. */
  readonly idColumn?: string | undefined;
  readonly files?: Files;
}

/**
 * Scores from a table (.csv, .tsv, .jsonl, .ndjson, .parquet), wide or long; scores need not be probabilities.
 * @param universe items and findings of the question, for example a baseline's prediction
 * @returns a prediction over all items of the question in their order; an item without a score is a failure
 * @throws DataError in one line with file and row
 */
export async function readStoredScores(
  path: string,
  universe: Pick<ScoreMatrix, 'items' | 'columns'>,
  { idColumn, files = nodeFiles() }: StoredOptions = {},
): Promise<{ readonly prediction: ScoreMatrix; readonly matching: Matching }> {
  const table = await readStoredTable(path, files);
  const stored = scoresOfTable(table, { findings: universe.columns, idColumn });
  const { rowOf, ...match } = matchIds(stored.ids, universe.items, path);
  return {
    prediction: scoreMatrix(stored, rowOf, universe.items),
    matching: { ...match, findings: stored.columns, unknownFindings: stored.unknown },
  };
}

function rowReader({ data, dimension, failures, ids }: EmbeddingRows) {
  return (row: number | undefined): Float32Array | null =>
    row === undefined || failures.has(ids[row]!) ? null : data.subarray(row * dimension, (row + 1) * dimension);
}

/** Row of each text that the question needs. @throws DataError with counts alone: texts may be reports */
function matchTexts(texts: EmbeddingRows, needed: readonly string[]): ReadonlyMap<string, number> {
  const rowOf = new Map(texts.ids.map((text, row) => [text, row]));
  const missing = needed.filter((text) => !rowOf.has(text)).length;
  if (missing > 0) {
    const got = `${missing} of them missing among ${texts.ids.length}`;
    throw new DataError(
      `embeddings: expected the ${needed.length} texts of the task, got ${got} (${texts.source})`,
      'the rows of the texts are named by the texts themselves, exactly as the prompt set or the report section has them',
    );
  }
  return rowOf;
}

/**
 * Embeddings of images and of texts, `.npy` each with the ids of its rows beside it (see `readEmbeddingRows`).
 * @param needs images and texts of the question; every text must be there, an image may be missing
 * @throws DataError
 */
export async function readStoredEmbeddings(
  path: string,
  textsPath: string,
  needs: Needs,
  { files = nodeFiles() }: StoredOptions = {},
): Promise<{ readonly lookup: EmbeddingLookup; readonly matching: Matching }> {
  const images = await readEmbeddingRows(path, 'images', files);
  const texts = await readEmbeddingRows(textsPath, 'texts', files);
  if (texts.dimension !== images.dimension) {
    const got = `${texts.dimension} (${textsPath})`;
    throw new DataError(`embeddings: expected texts of the images' dimension ${images.dimension}, got ${got}`);
  }
  const imageIds = needs.images.map((image) => image.id);
  const { rowOf, ...match } = matchIds(images.ids, imageIds, path);
  const rowOfText = matchTexts(texts, [...new Set([...needs.texts, ...needs.prompts.flat()])]);
  const [readImage, readText] = [rowReader(images), rowReader(texts)];
  const lookup: EmbeddingLookup = {
    image: (id) => readImage(rowOf.get(id)),
    text: (text) => readText(rowOfText.get(text)),
    prompts: (asked) => asked.map((text) => readText(rowOfText.get(text))),
    failure: (id) => {
      const row = rowOf.get(id);
      return row === undefined ? 'not in the embeddings file' : images.failures.get(images.ids[row]!);
    },
  };
  return { lookup, matching: { ...match, findings: [], unknownFindings: [] } };
}
