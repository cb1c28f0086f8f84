// Writes src/catalog/index.ts: one line per plug-in file (a file with a default export), so that adding a plug-in is adding
// its file. `--check` only compares, for the tests.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src/catalog/', import.meta.url));
const KINDS = ['datasets', 'models', 'tasks', 'metrics', 'prompts'];

function plugins(kind) {
  const files = readdirSync(`${root}${kind}`)
    .filter((file) => file.endsWith('.ts'))
    .sort();
  return files.filter((file) => /^export default /m.test(readFileSync(`${root}${kind}/${file}`, 'utf8')));
}

function identifier(kind, file) {
  const camel = file.replace(/\.ts$/, '').replace(/[^a-zA-Z0-9]+(.)?/g, (_, letter = '') => letter.toUpperCase());
  return `${kind.slice(0, -1)}${camel.charAt(0).toUpperCase()}${camel.slice(1)}`;
}

function barrel() {
  const entries = KINDS.map((kind) => [kind, plugins(kind)]);
  const imports = entries.flatMap(([kind, files]) =>
    files.map((file) => `import ${identifier(kind, file)} from './${kind}/${file}';`),
  );
  const lists = entries.map(
    ([kind, files]) => `  ${kind}: [\n${files.map((file) => `    ${identifier(kind, file)},\n`).join('')}  ],`,
  );
  return [
    '/** The plug-ins of the catalog. Written by `node scripts/barrel.mjs`; a test compares it with the folders. */',
    ...imports,
    "import { collectCatalog } from './collect.ts';",
    '',
    'export const catalog = collectCatalog({',
    ...lists,
    '});',
    '',
  ].join('\n');
}

const path = `${root}index.ts`;
if (process.argv.includes('--check')) {
  // The linter may sort the imports and break the lists otherwise.
  const normal = (text) => {
    const lines = text.split('\n');
    const imports = lines.filter((line) => line.startsWith('import ')).sort();
    const rest = lines.filter((line) => !line.startsWith('import ')).join('');
    return imports.join('\n') + rest.replace(/\s+|,(?=\s*[\]}])/g, '');
  };
  if (normal(readFileSync(path, 'utf8')) !== normal(barrel())) {
    process.stderr.write('src/catalog/index.ts is stale: run node scripts/barrel.mjs\n');
    process.exit(1);
  }
} else {
  writeFileSync(path, barrel());
}
