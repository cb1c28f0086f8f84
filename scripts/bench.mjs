// `npm run bench -- NAME [ARGS]`: compiles the benchmarks and runs one. Without a name, lists them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const [name, ...args] = process.argv.slice(2);
if (!name || !names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- NAME [ARGS]; names: ${names.join(', ')}\n`);
  process.exit(2);
}
const run = (script, scriptArgs) =>
  spawnSync(process.execPath, [join(root, script), ...scriptArgs], { cwd: root, stdio: 'inherit' }).status ?? 1;
process.exit(
  run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.bench.json']) || run(`dist-bench/bench/${name}.js`, args),
);
