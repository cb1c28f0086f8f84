#!/usr/bin/env node
// Draws docs/images/phantom.png: synthetic films by finding, frontal and lateral. Needs the build. Usage: node scripts/phantom-contact-sheet.mjs [OUT]
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';

const dist = process.env.MEDVLM_DIST ?? resolve(import.meta.dirname, '../dist');
const load = (path) => import(pathToFileURL(resolve(dist, path)).href);
const { phantomStudies } = await load('lib/phantom/study.js');
const { renderFilm } = await load('lib/phantom/render.js');
const out = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../docs/images/phantom.png'));

const SEED = 3;
const [COLUMNS, WIDTH, HEIGHT, CAPTION] = [7, 176, 206, 16];
const FRONTAL = [
  'No Finding',
  'No Finding',
  'Cardiomegaly',
  'Enlarged Cardiomediastinum',
  'Edema',
  'Consolidation',
  'Atelectasis',
];
const MORE = [
  'Lung Lesion',
  'Pneumothorax',
  'Pleural Effusion',
  'Pleural Other',
  'Fracture',
  'Support Devices',
  'Pneumonia',
];
const LATERAL = [
  'No Finding',
  'No Finding',
  'Cardiomegaly',
  'Edema',
  'Lung Lesion',
  'Support Devices',
  'Pleural Effusion',
];
const cells = [
  ...[...FRONTAL, ...MORE].map((finding) => ({ finding, view: 'frontal' })),
  ...LATERAL.map((finding) => ({ finding, view: 'lateral' })),
];

const used = new Set();

/** The first unused patient with the finding, and with as few others as can be had. */
function choose(finding, view) {
  for (const others of [1, 3, 13]) {
    for (let index = 0; index < 400; index++) {
      const study = phantomStudies(SEED, index).find(({ truth, views }) => {
        const present = Object.values(truth).filter((state) => state === 'present').length;
        return (
          truth[finding] === 'present' && views.includes(view) && present <= others + (finding === 'No Finding' ? 0 : 1)
        );
      });
      if (study && !used.has(`${index}${view}`)) {
        used.add(`${index}${view}`);
        return study;
      }
    }
  }
  throw new Error(`no patient with ${finding}`);
}

const layers = [];
for (const [i, { finding, view }] of cells.entries()) {
  const film = renderFilm({ ...choose(finding, view), view });
  const raw = { raw: { width: film.width, height: film.height, channels: 1 } };
  const fit = { width: WIDTH - 4, height: HEIGHT - 4, fit: 'contain', background: '#111' };
  const [left, top] = [(i % COLUMNS) * WIDTH + 2, Math.floor(i / COLUMNS) * (HEIGHT + CAPTION) + 2];
  layers.push({ input: await sharp(film.pixels, raw).resize(fit).toColourspace('b-w').png().toBuffer(), left, top });
  const text = `<text x="${WIDTH / 2}" y="12" font-family="sans-serif" font-size="11" fill="#ddd" text-anchor="middle">${finding}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${CAPTION}">${text}</svg>`;
  layers.push({ input: Buffer.from(svg), left: left - 2, top: top + HEIGHT - 4 });
}
const size = { width: COLUMNS * WIDTH, height: Math.ceil(cells.length / COLUMNS) * (HEIGHT + CAPTION) + CAPTION + 6 };
const notice = `<text x="6" y="12" font-family="sans-serif" font-size="11" fill="#ddd">Synthetic films made by a program. No patients, no clinical meaning.</text>`;
const footer = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${CAPTION}">${notice}</svg>`;
layers.push({ input: Buffer.from(footer), left: 0, top: size.height - CAPTION - 2 });
mkdirSync(dirname(out), { recursive: true });
const sheet = await sharp({ create: { ...size, channels: 3, background: '#111' } })
  .composite(layers)
  .png()
  .toBuffer();
const { size: bytes } = await sharp(sheet)
  .toColourspace('b-w')
  .png({ palette: true, colours: 40, compressionLevel: 9 })
  .toFile(out);
console.log(`${out}: ${cells.length} films, ${Math.round(bytes / 1024)} KB`);
