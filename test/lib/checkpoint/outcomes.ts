// What becomes of a damaged checkpoint: values or a typed error, and the processor time until then.
import { join } from 'node:path';
import { openWeights } from '../../../src/catalog/models/import/weights.ts';
import type { Context, Files, ScratchFile } from '../../../src/core/context.ts';
import { MedvlmError } from '../../../src/core/errors.ts';
import { product } from '../../../src/lib/checkpoint/layout.ts';
import { fileOf } from './fixtures.ts';
import type { Damaged } from './mutations.ts';

const FOLDER = '/weights';

function scratchInMemory(): ScratchFile {
  let bytes = new Uint8Array();
  return {
    get size() {
      return bytes.length;
    },
    read: (offset, length) => fileOf(bytes).read(offset, length),
    write: (more) => {
      bytes = new Uint8Array([...bytes, ...more]);
    },
    close: () => {},
  };
}

/** As much of a file system as reading weights takes. */
function contextOf(files: Readonly<Record<string, Uint8Array>>): Context {
  const byPath = new Map(Object.entries(files).map(([name, bytes]) => [join(FOLDER, name), bytes]));
  const refuse = () => Promise.reject(new Error('a reader of weights writes nothing'));
  const inMemory: Files = {
    exists: async (path) => byPath.has(path),
    isDirectory: async (path) => path === FOLDER,
    read: async (path) => byPath.get(path)!,
    readText: async (path) => new TextDecoder().decode(byPath.get(path)),
    list: async () => Object.entries(files).map(([path, { length }]) => ({ path, size: length })),
    names: async () => Object.keys(files).sort(),
    present: async (paths) => paths.map((path) => byPath.has(path)),
    open: (path) => fileOf(byPath.get(path)!),
    scratch: async () => scratchInMemory(),
    write: refuse,
    create: refuse,
  };
  return {
    files: inMemory,
    cacheDirectory: '/',
    assetsDirectory: '/',
    encodePng: refuse,
    log: () => {},
    progress: () => {},
  };
}

export interface Outcome {
  /** `read`, or the first words of a typed error. */
  readonly kind: string;
  /** Processor time, which a busy machine does not lengthen. */
  readonly seconds: number;
}

/** An error without its names and numbers. */
function kindOf(message: string): string {
  const [what, expected = ''] = message.split(', expected ');
  const subject = what!.split(' ')[0]!;
  const gist = expected
    .split(', got')[0]!
    .replace(/ \(.*/, '')
    .replace(/(data|storage|under|of) [^ ]*\d+[^ ]*$/, '$1 N')
    .replace(/data\/.*/, 'storage')
    .replace(/(the bytes|data_offsets) of .*/, '$1 of a tensor')
    .replace(/\d+/g, 'N');
  return `${subject}: ${gist.slice(0, 60)}`;
}

/** Opens the weights, reads every tensor and closes them. @throws whatever is no typed error: a bug */
export async function outcomeOf({ files }: Damaged): Promise<Outcome> {
  const start = process.cpuUsage();
  const names = Object.keys(files);
  let kind = 'read';
  try {
    const source = names.length > 1 ? FOLDER : join(FOLDER, names[0]!);
    const weights = await openWeights(source, '/staging', contextOf(files));
    for (const { shape, read, name } of weights.tensors)
      if (read().length !== product(shape)) throw new Error(`values of another number than the shape says: ${name}`);
    await weights.sibling('config.json');
    await weights.close();
  } catch (error) {
    if (!(error instanceof MedvlmError)) throw error;
    kind = kindOf(error.message);
    if (/[\n\u001b]/.test(error.message)) throw new Error(`control character in: ${error.message}`);
  }
  const { user, system } = process.cpuUsage(start);
  return { kind, seconds: (user + system) / 1e6 };
}
