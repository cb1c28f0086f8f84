/** Any checkpoint file as named tensors: the format is told from the content, never from the name. */
import type { RandomAccess } from '../../core/context.ts';
import { detectFormat, unknownFormat } from './container.ts';
import { openSafetensors } from './safetensors.ts';
import type { Checkpoint } from './tensor.ts';
import { openTorchCheckpoint } from './torch.ts';
import { openLegacyCheckpoint } from './torch-legacy.ts';

export type { Checkpoint, NamedTensor } from './tensor.ts';

const READERS: Readonly<Record<Checkpoint['format'], typeof openTorchCheckpoint>> = {
  torch: openTorchCheckpoint,
  'torch-legacy': openLegacyCheckpoint,
  safetensors: openSafetensors,
};

/**
 * Opens a checkpoint; reads names and shapes alone. Nothing in the file is executed.
 * @param where name of the file, for errors
 * @throws ModelError for another kind of file (naming it, with what to do), and for a damaged or hostile one
 */
export function openCheckpoint(file: RandomAccess, where: string): Checkpoint {
  const format = detectFormat(file);
  if (!format) throw unknownFormat(file, where);
  return READERS[format](file, where);
}
