/** What the preprocessing pool and its workers say to one another. */
import type { Preprocessing } from '../core/preprocessing.ts';
import type { ImageFacts } from '../lib/eda/image-facts.ts';

/** What is wanted of every file of a task. */
export type Work =
  /** Preprocessed pixels into slot i of `target`, float32 [paths, channels, height, width]; zeros where the file failed. */
  | {
      readonly kind: 'pixels';
      readonly preprocessing: Preprocessing;
      readonly target: SharedArrayBuffer;
      /** SHA-256 that the bytes of each file must have; undefined where nobody knows. */
      readonly digests: readonly string[] | undefined;
    }
  /** Small WebP copy. */
  | { readonly kind: 'thumbnail'; readonly side: number }
  /** Digest of the file and what is remembered of its picture. */
  | { readonly kind: 'facts' };

/** A file that could be read; `facts` is absent where its picture could not be decoded. */
export interface FileFacts {
  /** SHA-256 of the file. */
  readonly digest: string;
  /** Bits per sample in the file, where its format says so. */
  readonly bits?: number;
  readonly facts?: ImageFacts;
}

/** Sent to every worker; each takes the next index from `next` (an atomic counter) until none is left. */
export interface Task {
  readonly id: number;
  readonly paths: readonly string[];
  readonly next: Int32Array<SharedArrayBuffer>;
  readonly work: Work;
}

/** What became of one file. */
export interface FileOutcome {
  readonly index: number;
  /** One line that says why the file failed; absent where it did not. */
  readonly failure?: string;
  /** True where the file could not be read at all: the failure says nothing about its content. */
  readonly isUnread?: true;
  readonly thumbnail?: Uint8Array;
  readonly fileFacts?: FileFacts;
}

/** A worker's answer once the counter of a task has run out. */
export interface TaskReport {
  readonly id: number;
  readonly outcomes: readonly FileOutcome[];
}
