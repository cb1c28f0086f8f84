/** One phantom film from a body and its condition. */
import { rng } from '../../core/rng.ts';
import { exposureOf, type PhantomView } from './acquisition.ts';
import type { Body, Condition } from './condition.ts';
import { develop, type Film } from './detector.ts';
import { drawFrontal } from './frontal.ts';
import { drawLateral } from './lateral.ts';
import { burnMarker } from './marker.ts';
import type { Site } from './population.ts';
import type { SheetMemory } from './sheet.ts';
import { thoraxOf } from './thorax.ts';

export interface FilmRequest {
  readonly body: Body;
  readonly condition: Condition;
  readonly site: Site;
  readonly view: PhantomView;
  readonly seed: number;
  /** Names the study; breath, centring and noise depend on it. */
  readonly key: string;
}

/** Renders a film: 8-bit grey. The same request gives the same pixels. @param memory reused by who renders many */
export function renderFilm({ body, condition, site, view, seed, key }: FilmRequest, memory?: SheetMemory): Film {
  const thorax = thoraxOf(body, condition, { seed, key });
  const exposure = exposureOf(site, view, { seed, key: `${key}/${view}` });
  const scale = Math.max(exposure.width, exposure.height) / exposure.field;
  const sheet =
    view === 'frontal'
      ? drawFrontal(thorax, { scale, halfWidth: frontalReach(exposure) }, memory)
      : drawLateral(thorax, scale, memory);
  const film = develop(sheet, exposure, rng(seed, 'phantom noise', `${key}/${view}`));
  burnMarker(film, site, { seed, key: `${key}/${view}`, view });
  return film;
}

/** Half-width of the sheet that covers the field, cm. */
function frontalReach(exposure: { width: number; height: number; field: number; centreX: number }): number {
  return (exposure.field * Math.min(1, exposure.width / exposure.height)) / 2 + Math.abs(exposure.centreX) + 0.8;
}
