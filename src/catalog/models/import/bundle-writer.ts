/** Writes the files of a model bundle and keeps their digests: whole files, streamed files and graphs with their weights. */
import { join } from 'node:path';
import type { Context } from '../../../core/context.ts';
import { runningSha256, sha256 } from '../../../core/digest.ts';
import { encodeModel, writeExternalData } from '../../../lib/onnx/encode.ts';
import type { Graph } from '../../../lib/onnx/graph.ts';
import { verify } from '../../../lib/onnx/verify.ts';

export interface BundleWriter {
  /** SHA-256 of what was written, by name. */
  readonly digests: Readonly<Record<string, string>>;
  text(name: string, content: string): Promise<void>;
  /** A file written in parts by `produce`; it appears whole or not at all. */
  stream(name: string, produce: (write: (bytes: Uint8Array) => void) => void): Promise<void>;
  /** `name`.onnx and, beside it, its weights `name`.weights. @throws ModelError where the graph is faulty */
  graph(name: string, graph: Graph): Promise<string>;
}

export function bundleWriter(directory: string, { files }: Context): BundleWriter {
  const digests: Record<string, string> = {};
  const text = async (name: string, content: string) => {
    await files.write(join(directory, name), content);
    digests[name] = sha256(content);
  };
  const stream: BundleWriter['stream'] = async (name, produce) => {
    const writer = await files.create(join(directory, name));
    const hash = runningSha256();
    try {
      produce((bytes) => {
        hash.update(bytes);
        writer.write(bytes);
      });
      await writer.commit();
    } catch (cause) {
      await writer.abort();
      throw cause;
    }
    digests[name] = hash.digest();
  };
  const graph = async (name: string, made: Graph) => {
    verify(made);
    const weights = `${name}.weights`;
    await stream(weights, (write) => writeExternalData(made, write));
    await stream(`${name}.onnx`, (write) => write(encodeModel(made, { externalData: weights })));
    return `${name}.onnx`;
  };
  return { digests, text, stream, graph };
}
