// The import table: rooms and what they may import. A violation names the file and the import.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(source, { recursive: true })
  .map((file) => String(file).replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

interface Room {
  /** Rooms that it may import besides itself. */
  readonly rooms: readonly string[];
  readonly packages: RegExp;
}

// Only pure packages below the engine; `node:zlib` unpacks checkpoints, `node:crypto` hashes: both are pure functions.
const TABLE: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: /^(zod|node:crypto)$/ },
  lib: { rooms: ['core'], packages: /^(node:zlib|@huggingface\/tokenizers|papaparse)$/ },
  catalog: { rooms: ['core', 'lib'], packages: /^(zod|fast-xml-parser|papaparse|yaml|node:path|node:zlib)$/ },
  engine: {
    rooms: ['core', 'lib'],
    packages:
      /^(node:.*|onnxruntime-node|sharp|@cornerstonejs\/codec-(charls|openjpeg)\/decodewasmjs|yaml|hyparquet|hyparquet-writer|papaparse|zod)$/,
  },
  report: { rooms: ['core', 'lib'], packages: /^(vega|vega-lite|papaparse)$/ },
  app: { rooms: ['core', 'lib', 'catalog', 'engine', 'report'], packages: /^(node:.*|commander|papaparse|yaml)$/ },
};

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/\b(?:from|import)(?:\s+|\s*\(\s*)'([^']+)'/g)].map((match) => match[1]!);
}

function violation(file: string, imported: string): string | undefined {
  const room = file.split('/')[0]!;
  const rule = TABLE[room];
  if (!rule) return `${file}: there is no room "${room}"`;
  if (!imported.startsWith('.')) return rule.packages.test(imported) ? undefined : `${file} imports ${imported}`;
  const target = posix.join(posix.dirname(file), imported).split('/')[0]!;
  return target === room || rule.rooms.includes(target) ? undefined : `${file} imports ${imported}`;
}

test('imports go down only', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(files.flatMap((file) => importsOf(file).flatMap((name) => violation(file, name) ?? []))).toEqual([]);
});

test('lib and catalog use no clock, environment, console or unseeded randomness', () => {
  const effects = /\b(Math\.random|Date\.now|new Date\(|performance\.now|process\.|console\.|fetch\()/;
  const pure = files.filter((file) => /^(core|lib|catalog|report)\//.test(file));
  const found = pure.filter((file) =>
    effects.test(readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
  );
  expect(found).toEqual([]);
});

test('every file says what it is in its first line, and none is longer than 350 lines', () => {
  const odd = files.filter((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    return !/^(#!.*\n)?\/(\*\*|\/)/.test(text) || text.split('\n').length > 350;
  });
  expect(odd).toEqual([]);
});
