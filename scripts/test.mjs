// What `npm test` runs after set-up: lint, types, the fast half of the tests, then the slow half. `npm test -- fast` stops
// after the fast half; other arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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

/** The browser tests need Chromium. Installed where it can be (root on Debian or Ubuntu); otherwise those tests say so. */
function installChromium() {
  if (existsSync('/usr/bin/chromium')) return;
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!canInstall) {
    process.stderr.write('\nno /usr/bin/chromium: the browser tests will be skipped (apt-get install chromium)\n');
    return;
  }
  process.stderr.write('\n— installing Chromium for the browser tests\n');
  const apt = (...aptArgs) =>
    spawnSync('apt-get', ['-qq', ...aptArgs], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  if (apt('update') !== 0 || apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core') !== 0) {
    process.stderr.write('Chromium could not be installed: the browser tests will be skipped\n');
  }
}

if (args.length > 0 && args[0] !== 'fast') {
  run('tests', 'vitest/vitest.mjs', ['run', ...args]);
} else {
  run('lint', '@biomejs/biome/bin/biome', ['check', '.']);
  run('types', 'typescript/bin/tsc', ['-p', 'tsconfig.json']);
  run('fast tests', 'vitest/vitest.mjs', ['run', '--project', 'fast']);
  if (args[0] !== 'fast') {
    installChromium();
    run('slow tests', 'vitest/vitest.mjs', ['run', '--project', 'slow']);
  }
}
