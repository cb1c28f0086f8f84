/**
 * Embedding shards under `artifacts/SPACE/`. A *space* is everything that determines a vector but the item: weights,
 * graph, preprocessing, variant, corruption, seed. A shard is an .npy file and a sidecar that names its items by content
 * digest; the sidecar is written last, so a shard exists whole or not at all. Spaces are shared between runs.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '../core/context.ts';
import { digestOf, sha256 } from '../core/digest.ts';
import { decodeNpy, encodeNpy } from '../lib/tensor/npy.ts';

/** What determines an embedding besides its item. Hashed into the space's key. */
export interface SpaceDescription {
  readonly tower: 'vision' | 'text';
  /** SHA-256 of every file that the tower's vectors depend on, by name: graph, weights, tokenizer. */
  readonly files: Readonly<Record<string, string>>;
  readonly variant: string;
  /** Decoding and preprocessing of images, or context length and padding of texts. */
  readonly input: unknown;
  readonly corruption: string | null;
  readonly severity: number | null;
  readonly seed: number | null;
}

interface Sidecar {
  readonly format: 'medvlm-shard@1';
  readonly dimension: number;
  /** Content digest of each row. */
  readonly items: readonly string[];
  /** Row index → why the item has no vector (its row is NaN). */
  readonly failures: Readonly<Record<string, string>>;
  /** SHA-256 of the .npy file. */
  readonly sha256: string;
}

export interface EmbeddedItems {
  readonly dimension: number;
  readonly items: readonly string[];
  /** Row-major [items, dimension]; NaN rows for failures. */
  readonly vectors: Float32Array;
  /** Row → reason. */
  readonly failures: ReadonlyMap<number, string>;
}

/** Key of a space: 32 hexadecimal digits. */
export function spaceKey(description: SpaceDescription): string {
  return digestOf({ format: 'medvlm-space@1', ...description }).slice(0, 32);
}

/** What a space holds, loaded once: item digest → vector or failure. */
export class EmbeddingSpace {
  private readonly rows = new Map<string, Float32Array>();
  private readonly failures = new Map<string, string>();
  private found: number | undefined;
  private constructor(
    readonly key: string,
    private readonly directory: string,
    private readonly files: Files,
  ) {}

  /** Loads every whole shard; a shard whose bytes do not match its digest is dropped and will be inferred again. */
  static async open(
    artifacts: string,
    key: string,
    files: Files,
    log: (line: string) => void,
  ): Promise<EmbeddingSpace> {
    const space = new EmbeddingSpace(key, join(artifacts, key), files);
    if (!(await files.isDirectory(space.directory))) return space;
    for (const { path } of await files.list(space.directory)) {
      if (path.endsWith('.shard.json')) await space.load(path.slice(0, -'.shard.json'.length), log);
    }
    return space;
  }

  has(item: string): boolean {
    return this.rows.has(item) || this.failures.has(item);
  }

  get(item: string): Float32Array | null {
    return this.rows.get(item) ?? null;
  }

  failure(item: string): string | undefined {
    return this.failures.get(item);
  }

  /** Numbers per embedding; undefined where the space is empty. */
  get dimension(): number | undefined {
    return this.found;
  }

  get size(): number {
    return this.rows.size + this.failures.size;
  }

  /** Writes one shard: vectors first, sidecar last. Its name is the digest of its items, whoever computes it. */
  async write(shard: EmbeddedItems): Promise<void> {
    const name = digestOf(shard.items).slice(0, 32);
    const npy = encodeNpy(shard.vectors, [shard.items.length, shard.dimension]);
    const failures = Object.fromEntries([...shard.failures].map(([row, reason]) => [String(row), reason]));
    const sidecar: Sidecar = {
      format: 'medvlm-shard@1',
      dimension: shard.dimension,
      items: shard.items,
      failures,
      sha256: sha256(npy),
    };
    await this.files.write(join(this.directory, `${name}.npy`), npy);
    await this.files.write(join(this.directory, `${name}.shard.json`), `${JSON.stringify(sidecar)}\n`);
    this.add(sidecar, shard.vectors);
  }

  private async load(name: string, log: (line: string) => void): Promise<void> {
    const sidecarPath = join(this.directory, `${name}.shard.json`);
    try {
      const sidecar = JSON.parse(await this.files.readText(sidecarPath)) as Sidecar;
      const npy = await this.files.read(join(this.directory, `${name}.npy`));
      if (sidecar.format !== 'medvlm-shard@1' || sha256(npy) !== sidecar.sha256) throw new Error('digest');
      this.add(sidecar, decodeNpy(npy).data);
    } catch {
      log(`store: shard ${this.key}/${name} is damaged and will be computed again`);
      await rm(sidecarPath, { force: true }).catch(() => undefined); // on a read-only disk it stays, and is passed over again
    }
  }

  private add(sidecar: Sidecar, vectors: Float32Array): void {
    this.found ??= sidecar.dimension;
    sidecar.items.forEach((item, row) => {
      const failure = sidecar.failures[String(row)];
      if (failure !== undefined) this.failures.set(item, failure);
      else this.rows.set(item, vectors.subarray(row * sidecar.dimension, (row + 1) * sidecar.dimension));
    });
  }
}
