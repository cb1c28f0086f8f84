/** What kind of file a "checkpoint" really is, told from its content. */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { Opaque, readFirstPickle } from './pickle.ts';
import type { Checkpoint } from './tensor.ts';
import { LEGACY_MAGIC } from './torch-legacy.ts';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const TAR = [0x75, 0x73, 0x74, 0x61, 0x72];
/** Headers beyond are refused by the reader; a text file has other bytes here. */
const PLAUSIBLE_HEADER = 2 ** 32;

function startsWith(bytes: Uint8Array, pattern: readonly number[], offset = 0): boolean {
  return pattern.every((byte, i) => bytes[offset + i] === byte);
}

function isSafetensors(head: Uint8Array): boolean {
  if (head.length < 9 || head[8] !== 0x7b) return false;
  return new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true) < PLAUSIBLE_HEADER;
}

/** The first of its pickles is a number that is in no other file. */
function isLegacyTorch(head: Uint8Array): boolean {
  const nothing = { construct: () => undefined, persistent: () => new Opaque('a persistent id') };
  try {
    return head[0] === 0x80 && readFirstPickle(head.subarray(0, 64), nothing, '').value === LEGACY_MAGIC;
  } catch {
    return false;
  }
}

/** Whether a file begins as zip archives do. */
export function isZip(file: RandomAccess): boolean {
  return startsWith(file.read(0, Math.min(4, file.size)), ZIP);
}

/** Which reader a file is for; undefined for none. */
export function detectFormat(file: RandomAccess): Checkpoint['format'] | undefined {
  const head = file.read(0, Math.min(512, file.size));
  if (startsWith(head, ZIP)) return 'torch';
  if (isLegacyTorch(head)) return 'torch-legacy';
  return isSafetensors(head) ? 'safetensors' : undefined;
}

interface Verdict {
  readonly got: string;
  readonly hint: string;
}

const RESAVE = 'in PyTorch: torch.save(torch.load(FILE, map_location="cpu", weights_only=True), NEW_FILE)';
const RESAVE_TRUSTED =
  'in PyTorch, if you trust the file: torch.save(torch.load(FILE, map_location="cpu", weights_only=False), NEW_FILE)';

/** Names of the files in a tar archive, as far as their headers lie in order. Source: POSIX.1-1988 ustar. */
function tarNames(file: RandomAccess): readonly string[] {
  const names: string[] = [];
  const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes).replace(/\0.*$/s, '').trim();
  for (let at = 0; at + 512 <= file.size && names.length < 64; ) {
    const header = file.read(at, 512);
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    if (!startsWith(header, TAR, 257) || !(size >= 0)) break;
    names.push(text(header.subarray(0, 100)).replace(/^\.\//, ''));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return names;
}

function verdictOfTar(file: RandomAccess): Verdict {
  const names = new Set(tarNames(file));
  if (names.has('storages') && names.has('tensors') && names.has('pickle'))
    return { got: "PyTorch's tar format (before version 0.1.10)", hint: `save it anew ${RESAVE_TRUSTED}` };
  return { got: 'a tar archive', hint: 'unpack it (tar -xf FILE), and give the checkpoint that is in it' };
}

function verdictOf(file: RandomAccess): Verdict {
  const head = file.read(0, Math.min(512, file.size));
  const text = new TextDecoder('latin1').decode(head).trimStart().toLowerCase();
  if (file.size === 0) return { got: 'an empty file', hint: 'download it again' };
  if (text.startsWith('<!doctype html') || text.startsWith('<html'))
    return {
      got: 'a web page',
      hint: 'the page was saved instead of the file behind it: open the link and use its download button',
    };
  if (text.startsWith('version https://git-lfs'))
    return { got: 'a Git LFS pointer', hint: 'run `git lfs pull`, or download the file itself' };
  if (startsWith(head, TAR, 257)) return verdictOfTar(file);
  if (startsWith(head, [0x1f, 0x8b])) return { got: 'gzip data', hint: 'unpack it with gunzip' };
  if (startsWith(head, [0x89, 0x48, 0x44, 0x46]))
    return { got: 'an HDF5 file', hint: 'a Keras checkpoint is not read: give the PyTorch one' };
  if (text.startsWith('gguf')) return { got: 'a GGUF file', hint: 'give the original safetensors or PyTorch file' };
  if (head[0] === 0x80 && head[1]! <= 5) return { got: 'a bare pickle', hint: `save it anew ${RESAVE}` };
  return { got: 'something else', hint: 'give the .pt, .bin or .safetensors file that the authors published' };
}

/** What the file is, and what to do about it. */
export function unknownFormat(file: RandomAccess, where: string): ModelError {
  const { got, hint } = verdictOf(file);
  return new ModelError(`checkpoint, expected a PyTorch or safetensors file, got ${got} (${where})`, hint);
}
