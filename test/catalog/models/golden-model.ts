/** A model imported from published files, its texts embedded through the engine's groups, beside the golden numbers of its reference library. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelDefinition } from '../../../src/core/model.ts';
import { collect, embedTexts } from '../../../src/engine/embed.ts';
import { packageRoot } from '../../../src/engine/package-root.ts';
import { openSession } from '../../../src/engine/session.ts';
import type { TextItem } from '../../../src/engine/text-items.ts';
import { tokenize } from '../../../src/engine/tokenize.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import {
  type GoldenImage,
  type GoldenText,
  type Imported,
  type PublishedGolden,
  readPublishedGolden,
} from './published.ts';

export interface PairedGolden extends PublishedGolden {
  readonly logitScale: number;
  /** `other`: by the model's other published preprocessing. */
  readonly images: readonly (GoldenImage & { readonly other?: Omit<GoldenImage, 'file'> })[];
  /** `grouped`: padded to the longest of all texts of the file; `masked`: padding left out of the pooling. */
  readonly texts: readonly (GoldenText & {
    readonly grouped?: readonly number[];
    readonly masked?: readonly number[];
  })[];
}

export const goldenOf = (name: string) => readPublishedGolden(name) as PairedGolden;

/** A text, and those it is encoded with. */
export type GroupedText = Pick<TextItem, 'text' | 'group'>;

export interface GoldenModel extends Imported {
  /** Embeddings of texts, and the token ids of each without its padding. */
  texts(items: readonly GroupedText[]): Promise<{ readonly ids: number[][]; readonly embeddings: Float32Array }>;
  remove(): Promise<void>;
}

/** Imports the checkpoint of a golden. @param options as a suite gives them */
export async function importGolden<Options>(
  definition: ModelDefinition<Options>,
  { file }: Pick<PublishedGolden, 'file'>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<GoldenModel> {
  const directory = await mkdtemp(join(tmpdir(), `medvlm-${definition.name}-`));
  const context = nodeContext();
  const manifest = await importModel(definition, { source: join(packageRoot, file), directory, context, options });
  const imported = { directory, manifest, context };
  return {
    ...imported,
    texts: (items) => embedGroups(imported, items),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function embedGroups({ directory, manifest, context }: Imported, items: readonly GroupedText[]) {
  const tower = manifest.text!;
  const tokens = await tokenize(items, tower, directory, context);
  const session = await openSession({ ...tower, path: join(directory, tower.graph) }, { threads: 1 });
  const { embeddings } = await collect(embedTexts({ session, ...tokens }), items.length);
  await session.release();
  const ids = Array.from({ length: items.length }, (_, row) => {
    const own = tokens.ids.subarray(row * tokens.contextLength, (row + 1) * tokens.contextLength);
    return Array.from(own.subarray(0, own.indexOf(BigInt(tower.endId!)) + 1), Number);
  });
  return { ids, embeddings: embeddings.data };
}
