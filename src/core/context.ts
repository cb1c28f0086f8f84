/** The effects that plug-ins may use, handed in by the application, so that catalog files stay free of node:fs. */

/** A file opened for reading at any offset. */
export interface RandomAccess {
  readonly size: number;
  /** Exactly `length` bytes from `offset`. @throws DataError where the file ends before. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

export interface FileEntry {
  /** Relative to the folder that was listed, with `/`. */
  readonly path: string;
  readonly size: number;
}

export interface Files {
  exists(path: string): Promise<boolean>;
  isDirectory(path: string): Promise<boolean>;
  /** Whole file. @throws DataError naming the path where it cannot be read. */
  read(path: string): Promise<Uint8Array>;
  /** UTF-8 text; `.gz` is unpacked; a byte-order mark is dropped. @throws DataError */
  readText(path: string): Promise<string>;
  /** All regular files below a folder, sorted by path; hidden files and folders are left out. */
  list(directory: string): Promise<readonly FileEntry[]>;
  /** Names right below a folder, files and folders alike, sorted; hidden ones are left out. Asks nothing of each. @throws DataError */
  names(directory: string): Promise<readonly string[]>;
  /** Which of these paths are there, by index. For hundreds of thousands of them. */
  present(paths: readonly string[]): Promise<readonly boolean[]>;
  open(path: string): RandomAccess;
  /** Writes whole or not at all (temporary file, flush, rename); makes the folder. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Opens for sequential writing; the file appears under its name only at `commit`. For files larger than memory. */
  create(path: string): Promise<FileWriter>;
  /** A file for intermediate data on the disk of `directory`, which it makes; gone at `close` or when the process ends. */
  scratch(directory: string): Promise<ScratchFile>;
}

/** Appended to, and read at any offset of what was written. */
export interface ScratchFile extends RandomAccess {
  write(bytes: Uint8Array): void;
}

export interface FileWriter {
  write(bytes: Uint8Array): void;
  /** Bytes written so far. */
  readonly position: number;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface Context {
  readonly files: Files;
  /** Folder for what is derived and may be deleted, for example generated datasets. */
  readonly cacheDirectory: string;
  /** Folder of the package's own data: vocabularies, miniature checkpoints. */
  readonly assetsDirectory: string;
  /** Encodes 8-bit grey pixels (row-major, `width * height`) as PNG. */
  encodePng(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array>;
  /** One line for the person who waits; goes to stderr, never to a result. */
  log(message: string): void;
  /** Progress of long work: `done` of `total` units. */
  progress(label: string, done: number, total: number): void;
}
