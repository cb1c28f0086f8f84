/** An import that keeps nothing: the checkpoint is read and checked whole, what would be written is counted. */
import type { Context, Files, FileWriter } from '../core/context.ts';
import type { BundleRequest } from './bundles.ts';

export interface DryImport {
  readonly architecture: string;
  readonly parameters: number | undefined;
  readonly embeddingDimension: number;
  /** Size that the bundle would have. */
  readonly bytes: number;
  /** SHA-256 of the files that it would have, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** @throws ModelError as the import itself would */
export async function dryImport(
  { definition, source, options }: BundleRequest,
  directory: string,
  context: Context,
): Promise<DryImport> {
  let bytes = 0;
  const count = (size: number) => {
    bytes += size;
  };
  const files = discarding(context.files, count);
  const manifest = await definition.import!({ source, directory, options, context: { ...context, files } });
  const { architecture, parameters, embeddingDimension } = manifest;
  return { architecture, parameters, embeddingDimension, bytes, files: manifest.files };
}

/** Reads as ever; scratch files, which vanish by themselves, stay what they are. */
function discarding(files: Files, count: (bytes: number) => void): Files {
  return {
    ...files,
    write: async (_path, content) => count(typeof content === 'string' ? Buffer.byteLength(content) : content.length),
    create: async () => discardingWriter(count),
  };
}

function discardingWriter(count: (bytes: number) => void): FileWriter {
  let position = 0;
  return {
    get position() {
      return position;
    },
    write: (bytes) => {
      position += bytes.length;
    },
    commit: async () => count(position),
    abort: async () => undefined,
  };
}
