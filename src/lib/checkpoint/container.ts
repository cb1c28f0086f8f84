/** What kind of file a "checkpoint" really is, told from its first bytes. */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** LONG1 of 0x1950a86a20f9469cfc6c after the protocol byte. Source: pytorch/pytorch:torch/serialization.py, MAGIC_NUMBER. */
const LEGACY_MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

function startsWith(bytes: Uint8Array, pattern: readonly number[], offset = 0): boolean {
  return pattern.every((byte, i) => bytes[offset + i] === byte);
}

function isSafetensors(head: Uint8Array, fileSize: number): boolean {
  if (head.length < 9 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true);
  return length <= BigInt(fileSize - 8);
}

interface Verdict {
  readonly got: string;
  readonly hint: string;
}

const RESAVE = 'in PyTorch: torch.save(torch.load(FILE, map_location="cpu", weights_only=True), NEW_FILE)';

function verdictOf(head: Uint8Array, fileSize: number): Verdict {
  const text = new TextDecoder('latin1').decode(head).trimStart().toLowerCase();
  if (fileSize === 0) return { got: 'an empty file', hint: 'download it again' };
  if (text.startsWith('<!doctype html') || text.startsWith('<html'))
    return {
      got: 'a web page',
      hint: 'the page was saved instead of the file behind it: open the link and use its download button',
    };
  if (startsWith(head, LEGACY_MAGIC, 2))
    return { got: "PyTorch's format before version 1.6", hint: `save it anew ${RESAVE}` };
  if (text.startsWith('version https://git-lfs'))
    return { got: 'a Git LFS pointer', hint: 'run `git lfs pull`, or download the file itself' };
  if (startsWith(head, [0x75, 0x73, 0x74, 0x61, 0x72], 257))
    return { got: 'a tar archive', hint: `unpack it, or if PyTorch before 0.1.10 wrote it, save it anew ${RESAVE}` };
  if (startsWith(head, [0x1f, 0x8b])) return { got: 'gzip data', hint: 'unpack it with gunzip' };
  if (isSafetensors(head, fileSize))
    return { got: 'a safetensors file', hint: 'in Python: torch.save(safetensors.torch.load_file(FILE), NEW_FILE)' };
  if (head[0] === 0x80 && head[1]! <= 5) return { got: 'a bare pickle', hint: `save it anew ${RESAVE}` };
  return { got: 'something else', hint: 'give the .pt file that the authors published' };
}

/** @throws ModelError that says what the file is where it is not a zip archive */
export function expectZip(file: RandomAccess, where: string): void {
  const head = file.read(0, Math.min(512, file.size));
  if (startsWith(head, ZIP)) return;
  const { got, hint } = verdictOf(head, file.size);
  throw new ModelError(
    `checkpoint, expected a PyTorch file (zip format, version 1.6 or later), got ${got} (${where})`,
    hint,
  );
}
