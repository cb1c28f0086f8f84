/** Two sites with different equipment: field, size and aspect, exposure, noise, processing, marker. */
import { rng } from '../../core/rng.ts';
import type { Exposure } from './detector.ts';
import type { Site } from './population.ts';

export type PhantomView = 'frontal' | 'lateral';

interface Equipment {
  readonly frontal: { readonly width: number; readonly height: number; readonly field: number };
  readonly lateral: { readonly width: number; readonly height: number; readonly field: number };
  readonly scatter: number;
  readonly noise: number;
  readonly grain: number;
  readonly equalisation: number;
  readonly gamma: number;
  readonly range: readonly [number, number];
  /** Largest black border left by the collimator, share of a side. */
  readonly border: number;
}

/** A: upright flat panel, portrait, dynamic range compressed. B: older plate reader, square, harder and grainier. */
export const EQUIPMENT: Readonly<Record<Site, Equipment>> = {
  A: {
    frontal: { width: 328, height: 400, field: 40 },
    lateral: { width: 328, height: 400, field: 37 },
    scatter: 0.3,
    noise: 0.016,
    grain: 0.2,
    equalisation: 0.42,
    gamma: 0.95,
    range: [42, 222],
    border: 0,
  },
  B: {
    frontal: { width: 384, height: 372, field: 43 },
    lateral: { width: 312, height: 384, field: 39 },
    scatter: 0.42,
    noise: 0.022,
    grain: 0.7,
    equalisation: 0.25,
    gamma: 1.18,
    range: [30, 232],
    border: 0.035,
  },
};

/** Settings of one exposure: what the site has, and how this one was centred and exposed. */
export function exposureOf(site: Site, view: PhantomView, image: { seed: number; key: string }): Exposure {
  const random = rng(image.seed, 'phantom exposure', image.key);
  const equipment = EQUIPMENT[site];
  const edge = () => equipment.border * random.next() * (random.next() < 0.7 ? 1 : 0);
  const dark = random.normal();
  return {
    ...equipment[view],
    field: equipment[view].field * (1 + 0.035 * random.normal()),
    centreX: 0.7 * random.normal() + (view === 'lateral' ? -0.8 : 0),
    centreY: 12.6 + 0.8 * random.normal() + (view === 'lateral' ? 0.8 : 0),
    turn: 0.018 * random.normal(),
    scatter: equipment.scatter * (1 + 0.2 * random.normal() ** 2),
    noise: equipment.noise * Math.exp(0.3 * random.normal()),
    grain: equipment.grain,
    equalisation: equipment.equalisation,
    window: view === 'frontal' ? [0.06, 0.95] : [0.07, 0.9],
    gamma: equipment.gamma * Math.exp(0.07 * dark),
    range: [equipment.range[0] + 5 * random.normal(), equipment.range[1] - 5 * Math.abs(random.normal())],
    border: [edge(), edge(), edge(), edge()],
  };
}
