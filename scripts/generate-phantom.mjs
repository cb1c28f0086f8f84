#!/usr/bin/env node
// Writes synthetic chest films and reports in the layout of Open-i: node scripts/generate-phantom.mjs --out DIR [--patients N] [--seed S]
// Needs the build (`npm run build`, or MEDVLM_DIST pointing at one).
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    patients: { type: 'string', default: '220' },
    seed: { type: 'string', default: '2' },
  },
});
if (!values.out) {
  console.error('expected --out DIR');
  process.exit(2);
}
const dist = process.env.MEDVLM_DIST ?? resolve(import.meta.dirname, '../dist');
const load = (path) => import(pathToFileURL(resolve(dist, path)).href);
const { generatePhantom } = await load('catalog/datasets/phantom/generate.js');
const { createContext } = await load('engine/context.js');

const started = performance.now();
const made = await generatePhantom(
  resolve(values.out),
  { patients: Number(values.patients), seed: Number(values.seed) },
  createContext(
    { cache: resolve(values.out) },
    {
      log: (message) => console.error(message),
      progress: (label, done, total) => {
        if (done % 100 < 2 || done === total) console.error(`${label}: ${done} of ${total}`);
      },
    },
  ),
);
const seconds = (performance.now() - started) / 1000;
console.log(
  `${made.studies} studies, ${made.images} films, ${made.rendered} rendered in ${seconds.toFixed(1)} s: ${made.root}`,
);
