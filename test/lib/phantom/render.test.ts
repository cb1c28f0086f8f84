/** Films: the same request gives the same pixels; each finding changes the film where it belongs. */
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/core/digest.ts';
import { exposureOf, type PhantomView } from '../../../src/lib/phantom/acquisition.ts';
import { type Body, type Condition, HEALTHY } from '../../../src/lib/phantom/condition.ts';
import type { Film } from '../../../src/lib/phantom/detector.ts';
import { renderFilm } from '../../../src/lib/phantom/render.ts';

const BODY: Body = {
  sex: 'male',
  ageYears: 55,
  stature: 1,
  breadth: 1,
  habitus: 0.2,
  heartRatio: 0.45,
  aortaUnfolding: 0.2,
  hyperinflation: 0,
  scoliosis: 0,
  key: 'test',
};

const film = (condition: Partial<Condition>, view: PhantomView = 'frontal', site: 'A' | 'B' = 'A') =>
  renderFilm({ body: BODY, condition: { ...HEALTHY, ...condition }, site, view, seed: 5, key: 'test/0' });

/** Mean grey of 4 x 4 cells: where these move, the generator's version must move too. */
// biome-ignore format: four rows
const FRONTAL_A: readonly number[] = [
  68.4, 72.7, 79.0, 74.2, 130.3, 116.4, 109.5, 131.3, 103.4, 133.3, 143.5, 87.9, 152.1, 210.6, 209.9, 133.0,
];
// biome-ignore format: four rows
const LATERAL_B: readonly number[] = [
  16.3, 118.2, 205.1, 32.8, 13.6, 106.6, 151.9, 61.6, 40.0, 143.2, 132.6, 56.1, 33.6, 196.4, 169.3, 27.1,
];

describe('rendering', () => {
  test('is deterministic, whatever was rendered before and in whatever memory', () => {
    const memory = { layers: new Float32Array(0) };
    const request = { body: BODY, condition: HEALTHY, site: 'B', view: 'frontal', seed: 5, key: 'k' } as const;
    const first = sha256(renderFilm(request).pixels);
    renderFilm({ ...request, condition: { ...HEALTHY, devices: ['pacemaker'] }, view: 'lateral' }, memory);
    expect(sha256(renderFilm(request, memory).pixels)).toBe(first);
    expect(sha256(renderFilm({ ...request, seed: 6 }).pixels)).not.toBe(first);
    expect(sha256(renderFilm({ ...request, key: 'l' }).pixels)).not.toBe(first);
  });

  test('sites differ in size and aspect, views in shape', () => {
    const [a, b, side] = [film({}), film({}, 'frontal', 'B'), film({}, 'lateral')];
    expect([a.width, a.height]).toEqual([328, 400]);
    expect([b.width, b.height]).toEqual([384, 372]);
    expect(a.pixels.length).toBe(a.width * a.height);
    expect(meanDifference(a, side, () => true)).toBeGreaterThan(20);
  });

  test.each([
    ['A', 'frontal', FRONTAL_A],
    ['B', 'lateral', LATERAL_B],
  ] as const)('films of site %s, %s, are those of generator phantom@1', (site, view, expected) => {
    const means = coarse(film({ edema: 0.4, devices: ['pacemaker'] }, view, site));
    means.forEach((value, i) => void expect(Math.abs(value - expected[i]!), `cell ${i}`).toBeLessThan(0.3));
  });

  test('looks like a chest: lungs darker than heart, heart darker than abdomen, air black', () => {
    const grey = greyAt(film({}));
    expect(grey([-8, 12])).toBeLessThan(grey([4, 18]) - 25);
    expect(grey([8, 10])).toBeLessThan(grey([4, 18]) - 25);
    expect(grey([4, 18])).toBeLessThan(grey([-7, 29]));
    expect(grey([-14, -5])).toBeLessThan(60);
  });

  test('uses the grey scale without being cut off', () => {
    for (const view of ['frontal', 'lateral'] as const) {
      const { pixels } = film({}, view, 'B');
      const clipped = pixels.filter((value) => value === 255).length / pixels.length;
      expect(clipped).toBeLessThan(0.06);
      expect(new Set(pixels).size).toBeGreaterThan(150);
    }
  });
});

/** Boxes in cm: x to the patient's left, y down from the apices; left, top, right, bottom. */
type Box = readonly [number, number, number, number];

const FINDINGS: readonly (readonly [name: string, condition: Partial<Condition>, box: Box])[] = [
  ['Cardiomegaly', { cardiomegaly: 0.7 }, [7, 16, 11, 21]],
  ['Enlarged Cardiomediastinum', { wideMediastinum: 0.7 }, [-4.5, 4.5, -2.8, 8]],
  ['Edema', { edema: 0.6 }, [-8, 9, -4, 16]],
  ['Consolidation', { consolidations: [{ side: 'right', zone: 'upper', severity: 0.7 }] }, [-9, 4, -5, 8]],
  ['Consolidation', { consolidations: [{ side: 'left', zone: 'lower', severity: 0.7 }] }, [6, 17, 10, 21]],
  ['Atelectasis', { atelectases: [{ side: 'right', severity: 0.7 }] }, [-11, 19, -4, 23]],
  [
    'Lung Lesion',
    { lesions: [{ side: 'right', zone: 'middle', radius: 1.6, place: [0, 0, 0] }] },
    [-9, 10.5, -6, 13.5],
  ],
  ['Pneumothorax', { pneumothorax: { side: 'left', severity: 0.6 } }, [7, 2.5, 12, 8]],
  ['Pleural Effusion', { effusions: [{ side: 'right', severity: 0.45 }] }, [-13, 19, -8, 24]],
  ['Pleural Other', { pleuralThickening: { side: 'left', severity: 0.8 } }, [11.6, 9, 13.4, 16]],
  ['Support Devices', { devices: ['pacemaker'] }, [8.5, 4, 12.5, 7]],
  ['Support Devices', { devices: ['sternotomy wires'] }, [-1.2, 4, 1.2, 18]],
];

describe('findings show where they belong', () => {
  const healthy = film({});
  test.each(FINDINGS)('%s %j', (_, condition, box) => {
    const ill = film(condition);
    const inside = meanDifference(healthy, ill, within(healthy, box));
    const beside: Box = [-box[2], box[1], -box[0], box[3]];
    const elsewhere = within(healthy, [box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3]);
    const outside = meanDifference(healthy, ill, (x, y) => !elsewhere(x, y));
    expect(inside).toBeGreaterThan(5);
    expect(inside).toBeGreaterThan(1.7 * outside);
    if (condition.edema === undefined && Math.abs(box[0] + box[2]) > 6) {
      expect(inside).toBeGreaterThan(meanDifference(healthy, ill, within(healthy, beside)));
    }
  });

  test.each([
    ['central venous line', [-3.4, 2, -1.4, 9]],
    ['enteric tube', [0, 12, 2.6, 22]],
    ['endotracheal tube', [-1.2, -3, 1.2, 3.4]],
  ] as const)('%s runs its course as a thin line', (device, box) => {
    const ill = film({ devices: [device] });
    const inside = share(healthy, ill, within(healthy, box), 8);
    const outside = share(healthy, ill, within(healthy, [-13, 5, -4, 21]), 8);
    expect(inside).toBeGreaterThan(0.03);
    expect(inside).toBeGreaterThan(5 * outside);
  });

  test('a rib fracture steps, and a clavicle fracture', () => {
    const ribs = film({ fractures: [{ side: 'left', bone: 6, position: 0.4, step: 1 }] });
    const changed = share(healthy, ribs, within(healthy, [6, 9, 13.5, 18]), 8);
    expect(changed).toBeGreaterThan(0.02);
    expect(changed).toBeGreaterThan(3 * share(healthy, ribs, within(healthy, [-13.5, 9, -6, 18]), 8));
    const clavicle = film({ fractures: [{ side: 'right', bone: 'clavicle', position: 0.5, step: 1 }] });
    expect(share(healthy, clavicle, within(healthy, [-13, -2, -5, 5]), 8)).toBeGreaterThan(0.05);
  });

  test('severity shows: a larger effusion changes more of the film', () => {
    const changed = [0.1, 0.4, 0.8].map((severity) =>
      share(healthy, film({ effusions: [{ side: 'right', severity }] }), () => true, 12),
    );
    expect(changed[1]).toBeGreaterThan(changed[0]!);
    expect(changed[2]).toBeGreaterThan(changed[1]!);
  });

  test.each([
    ['effusion', { effusions: [{ side: 'left', severity: 0.8 }] }],
    ['heart', { cardiomegaly: 0.8 }],
    ['edema', { edema: 0.8 }],
    ['consolidation', { consolidations: [{ side: 'right', zone: 'lower', severity: 0.8 }] }],
    ['mass', { lesions: [{ side: 'left', zone: 'upper', radius: 2.4, place: [0, 0, 0] }] }],
  ] satisfies [string, Partial<Condition>][])('%s shows in the lateral view', (_, condition) => {
    expect(share(film({}, 'lateral'), film(condition, 'lateral'), () => true, 8)).toBeGreaterThan(0.012);
  });
});

function placement(of: Film, view: PhantomView = 'frontal') {
  const { field, centreX, centreY, width, height } = exposureOf('A', view, { seed: 5, key: `test/0/${view}` });
  const scale = Math.max(of.width, of.height) / field;
  return {
    column: (x: number) => (x - centreX) * scale + width / 2,
    row: (y: number) => (y - centreY) * scale + height / 2,
  };
}

function within(of: Film, [left, top, right, bottom]: Box): (column: number, row: number) => boolean {
  const { column, row } = placement(of);
  const [x0, x1, y0, y1] = [column(left), column(right), row(top), row(bottom)];
  return (x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

function greyAt(of: Film): (place: readonly [number, number]) => number {
  return ([x, y]) => {
    const inside = within(of, [x - 1.2, y - 1.2, x + 1.2, y + 1.2]);
    const black: Film = { ...of, pixels: new Uint8Array(of.pixels.length) };
    return meanDifference(of, black, inside);
  };
}

function differences(a: Film, b: Film, chosen: (column: number, row: number) => boolean): number[] {
  const found: number[] = [];
  a.pixels.forEach((value, i) => {
    if (chosen(i % a.width, Math.floor(i / a.width))) found.push(Math.abs(value - (b.pixels[i] ?? 0)));
  });
  return found;
}

function meanDifference(a: Film, b: Film, chosen: (column: number, row: number) => boolean): number {
  const found = differences(a, b, chosen);
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}

function share(a: Film, b: Film, chosen: (column: number, row: number) => boolean, more: number): number {
  const found = differences(a, b, chosen);
  return found.filter((value) => value > more).length / found.length;
}

function coarse(of: Film): number[] {
  const { width, height } = of;
  const black: Film = { ...of, pixels: new Uint8Array(of.pixels.length) };
  return Array.from({ length: 16 }, (_, cell) =>
    meanDifference(
      of,
      black,
      (x, y) => Math.floor((4 * x) / width) === cell % 4 && Math.floor((4 * y) / height) === Math.floor(cell / 4),
    ),
  );
}
