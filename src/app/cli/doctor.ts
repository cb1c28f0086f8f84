/** `medvlm doctor`: what this machine can do, with remedies. */
import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import type { Command } from 'commander';
import { catalog } from '../../catalog/index.ts';
import type { ModelDefinition } from '../../core/model.ts';
import { nodeFiles } from '../../engine/files.ts';
import { type Home, homeAt } from '../../engine/home.ts';
import { describeMachine } from '../../engine/machine.ts';
import { modelStates } from '../../engine/model-registry.ts';
import { supportedDevices } from '../../engine/session.ts';
import { printJson, printLines } from './environment.ts';

interface Check {
  readonly name: string;
  readonly isFine: boolean;
  readonly found: string;
  readonly remedy?: string;
}

const LOW_DISK_BYTES = 2e9;
const LOW_MEMORY_BYTES = 1e9;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what this machine can do: disk, memory, devices, models; with remedies')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: { json?: boolean }) => {
      const home = homeAt(process.env);
      const checks = [await checkHome(home), checkMemory(), ...checkDevices(), await checkModels(home)];
      if (options.json) printJson({ machine: describeMachine(), checks });
      else printLines(checks.flatMap(checkLines));
    });
}

function checkLines({ name, isFine, found, remedy }: Check): string[] {
  return [`${isFine ? 'ok  ' : 'MEND'} ${name}: ${found}`, ...(remedy && !isFine ? [`     ${remedy}`] : [])];
}

async function checkHome(home: Home): Promise<Check> {
  const name = `MEDVLM_HOME ${home.root}`;
  try {
    await mkdir(home.root, { recursive: true });
    await access(home.root, constants.W_OK);
    const { bavail, bsize } = await statfs(home.root);
    const free = bavail * bsize;
    const found = `${(free / 1e9).toFixed(1)} GB free`;
    return { name, isFine: free > LOW_DISK_BYTES, found, remedy: 'set MEDVLM_HOME to a folder on a larger disk' };
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? 'unusable';
    return { name, isFine: false, found, remedy: 'set MEDVLM_HOME to a folder that you can write' };
  }
}

function checkMemory(): Check {
  const free = freemem();
  const found = `${(free / 1e9).toFixed(1)} GB free, ${availableParallelism()} cores`;
  return {
    name: 'memory',
    isFine: free > LOW_MEMORY_BYTES,
    found,
    remedy: 'a ViT-B/16 needs about 0.9 GB; close other programs',
  };
}

const CUDA_REMEDY = 'install CUDA 12 and its libraries: docs/dependencies.md';

function checkDevices(): Check[] {
  const devices = supportedDevices().filter(({ name }) => name === 'cpu' || name === 'cuda');
  return devices.map(({ name, isBundled }) => ({
    name: `device ${name}`,
    isFine: isBundled || name !== 'cpu',
    found: isBundled ? 'available' : `not installed; ${CUDA_REMEDY}`,
  }));
}

async function checkModels(home: Home): Promise<Check> {
  const all: ModelDefinition[] = [...catalog.models.values()];
  const states = await modelStates(all, home.models, nodeFiles());
  const those = (isMeant: (index: number) => boolean) =>
    all.filter((_, index) => isMeant(index)).map(({ name }) => name);
  const ready = those((index) => states[index]!.imported > 0);
  const outdated = those((index) => states[index]!.imported === 0 && states[index]!.outdated > 0);
  const found = [
    `imported: ${ready.join(', ') || 'none; medvlm models list tells how'}`,
    ...(outdated.length > 0 ? [`made by an older importer: ${outdated.join(', ')}`] : []),
  ];
  return {
    name: 'models',
    isFine: outdated.length === 0,
    found: found.join('; '),
    remedy: 'import these again: medvlm models import NAME',
  };
}
