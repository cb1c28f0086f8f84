/** Damaged copies of the golden DICOM files: every mutation is named by its number, so that a failure can be run again. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MedvlmError } from '../../../src/core/errors.ts';
import { rng } from '../../../src/core/rng.ts';
import { decode } from '../../../src/engine/decode.ts';

const folder = fileURLToPath(new URL('../../golden/dicom/', import.meta.url));
const originals = readdirSync(folder)
  .filter((name) => name.endsWith('.dcm'))
  .sort()
  .map((name) => new Uint8Array(readFileSync(folder + name)));

/** Cut, overwritten, flipped, with a stretch removed or doubled; most damage lies past the preamble. */
export function mutation(number: number): Uint8Array {
  const { integer } = rng(4, 'dicom-mutation', `${number}`);
  const bytes = originals[number % originals.length]!.slice();
  const at = () => 132 + integer(bytes.length - 132);
  const kind = integer(6);
  if (kind === 0) return bytes.subarray(0, integer(bytes.length));
  if (kind === 1) bytes.fill(integer(256), at(), at());
  else if (kind === 2) for (let i = integer(40); i >= 0; i--) bytes[at()] = integer(256);
  else if (kind === 3) bytes[at()]! ^= 1 << integer(8);
  else if (kind === 4) bytes.set([0xff, 0xff, 0xff, 0xff].slice(0, 1 + integer(4)), Math.min(at(), bytes.length - 4));
  else return Buffer.concat([bytes.subarray(0, at()), bytes.subarray(at())]);
  return bytes;
}

export interface Outcomes {
  readonly pictures: number;
  readonly refusals: number;
  /** Neither a picture nor a one-line refusal: number and what happened. */
  readonly odd: readonly string[];
  readonly slowest: number;
}

/** Decodes mutations `from` to `to`. */
export async function decodeMutations(from: number, to: number): Promise<Outcomes> {
  const odd: string[] = [];
  let [pictures, refusals, slowest] = [0, 0, 0];
  for (let number = from; number < to; number++) {
    const start = performance.now();
    const complaint = await decode(mutation(number)).then(
      ({ data, width, height, channels }) => (data.length === width * height * channels ? undefined : 'wrong size'),
      (error: unknown) => lineOf(error),
    );
    slowest = Math.max(slowest, performance.now() - start);
    if (complaint === undefined) pictures++;
    else if (complaint.startsWith('refused')) refusals++;
    else odd.push(`${number}: ${complaint}`);
  }
  return { pictures, refusals, odd, slowest };
}

function lineOf(error: unknown): string {
  if (!(error instanceof MedvlmError)) return error instanceof Error ? `${error.name}: ${error.stack}` : String(error);
  const isClean = !error.message.includes('\n') && !/SECRET|Secret|Synthetic/.test(error.message);
  return isClean ? 'refused' : `unclean line: ${error.message}`;
}
