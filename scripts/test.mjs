// What `npm test` runs after set-up: lint, types, the fast half of the tests, then the slow half. `npm test -- fast` stops
// after the fast half; other arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);

function run(label, script, scriptArgs) {
  process.stderr.write(`\n— ${label}\n`);
  const { status } = spawnSync(process.execPath, [`${root}node_modules/${script}`, ...scriptArgs], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (args.length > 0 && args[0] !== 'fast') {
  run('tests', 'vitest/vitest.mjs', ['run', ...args]);
} else {
  run('lint', '@biomejs/biome/bin/biome', ['check', '.']);
  run('types', 'typescript/bin/tsc', ['-p', 'tsconfig.json']);
  run('fast tests', 'vitest/vitest.mjs', ['run', '--project', 'fast']);
  if (args[0] !== 'fast') run('slow tests', 'vitest/vitest.mjs', ['run', '--project', 'slow']);
}
