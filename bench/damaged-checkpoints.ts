// Writes damaged checkpoints with what our reader makes of them, for scripts/reference/check_damaged_checkpoints.py to
// compare with PyTorch and safetensors. Usage: npm run bench -- damaged-checkpoints FOLDER [N]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../src/lib/checkpoint/checkpoint.ts';
import { fileOf } from '../test/lib/checkpoint/fixtures.ts';
import { mutation } from '../test/lib/checkpoint/mutations.ts';

const [folder, count = '6000'] = process.argv.slice(2);
if (!folder) throw new Error('usage: npm run bench -- damaged-checkpoints FOLDER [N]');
mkdirSync(folder, { recursive: true });

function outcomeOf(bytes: Uint8Array): object {
  try {
    const { tensors, wrapper } = openCheckpoint(fileOf(bytes), 'x');
    const values = tensors.map(({ name, shape, read }) => {
      const { buffer, byteOffset, byteLength } = read();
      return [name, shape, Buffer.from(buffer, byteOffset, byteLength).toString('base64')];
    });
    return { wrapper, tensors: values };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const outcomes: Record<string, object> = {};
for (let n = 0; Object.keys(outcomes).length < Number(count); n++) {
  const { container, files } = mutation(n);
  if (container === 'shards' || container === 'nested zip') continue; // no single file of the reference's
  const name = `${n}.${container}`;
  const bytes = Object.values(files)[0]!;
  writeFileSync(join(folder, name), bytes);
  outcomes[name] = outcomeOf(bytes);
}
writeFileSync(join(folder, 'outcomes.json'), JSON.stringify(outcomes));
