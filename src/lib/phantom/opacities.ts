/** Frontal view: findings that fill or displace lung (effusion, consolidation, edema, atelectasis, pneumothorax, lesions, pleura). */
import { rng } from '../../core/rng.ts';
import { type Side, type Sided, signOf, type Zone } from './condition.ts';
import { type Sheet, smoothstep } from './sheet.ts';
import { addBlob, addCurve, addStroke, PROFILES } from './strokes.ts';
import { TILE, textureTile } from './texture.ts';
import { diaphragmHeight, type Thorax } from './thorax.ts';

export function drawFrontalOpacities(sheet: Sheet, thorax: Thorax): void {
  const { condition } = thorax;
  if (condition.edema !== undefined) drawEdema(sheet, thorax, condition.edema);
  for (const one of condition.consolidations) drawConsolidation(sheet, thorax, one);
  for (const one of condition.atelectases) drawAtelectasis(sheet, thorax, one);
  for (const one of condition.lesions) drawLesion(sheet, thorax, one);
  if (condition.pneumothorax !== undefined) drawPneumothorax(sheet, thorax, condition.pneumothorax);
  for (const one of condition.effusions) drawEffusion(sheet, thorax, one);
  if (condition.pleuralThickening !== undefined) drawThickening(sheet, thorax, condition.pleuralThickening);
  if (thorax.body.granuloma !== undefined) drawGranuloma(sheet, thorax, thorax.body.granuloma);
}

/** Visits each pixel of one side; `distance` is cm from the midline. */
function eachPixel(
  sheet: Sheet,
  side: Side,
  span: readonly [top: number, bottom: number],
  visit: (index: number, distance: number, y: number) => void,
): void {
  const sign = signOf(side);
  const zero = Math.max(0, Math.min(sheet.width, Math.round(-sheet.left * sheet.scale)));
  const [from, to] = sign > 0 ? [zero, sheet.width] : [0, zero];
  const lastRow = Math.min(sheet.height - 1, Math.ceil((span[1] - sheet.top) * sheet.scale));
  for (let row = Math.max(0, Math.floor((span[0] - sheet.top) * sheet.scale)); row <= lastRow; row++) {
    const y = sheet.top + row / sheet.scale;
    for (let column = from; column < to; column++) {
      visit(row * sheet.width + column, sign * (sheet.left + column / sheet.scale), y);
    }
  }
}

/** Centre of a lung zone in the frontal view: cm from the midline and height. */
export function zoneCentre(thorax: Thorax, side: Side, zone: Zone): readonly [distance: number, y: number] {
  const share = { upper: 0.24, middle: 0.53, lower: 0.83 }[zone];
  const y = thorax.dome[side] * share;
  return [thorax.innerHalfWidth(y) * (zone === 'upper' ? 0.6 : 0.58), y];
}

/** A reader of the texture tile at a place chosen by name; `grain` is cells per cm. */
export function textureAt(thorax: Thorax, purpose: string, grain: number): (x: number, y: number) => number {
  const place = rng(thorax.seed, 'phantom texture place', `${thorax.body.key}/${purpose}`);
  const dx = place.integer(TILE);
  const dy = place.integer(TILE);
  const tile = textureTile();
  return (x, y) => {
    const u = x * grain + dx + TILE;
    const v = y * grain + dy + TILE;
    const [column, row] = [u | 0, v | 0];
    const [fu, fv] = [u - column, v - row];
    const at = (r: number, c: number) => tile[(r & (TILE - 1)) * TILE + (c & (TILE - 1))]!;
    const upper = at(row, column) * (1 - fu) + at(row, column + 1) * fu;
    return upper * (1 - fv) + (at(row + 1, column) * (1 - fu) + at(row + 1, column + 1) * fu) * fv;
  };
}

/** Bat-wing haze around the hila, septal lines at the bases, both sides alike. */
function drawEdema(sheet: Sheet, thorax: Thorax, severity: number): void {
  const { k } = thorax;
  const grainOf = textureAt(thorax, 'edema', 7);
  const lines = rng(thorax.seed, 'phantom septal lines', thorax.body.key);
  for (const side of ['left', 'right'] as const) {
    const centre = 12.4 * k;
    eachPixel(sheet, side, [0, 32], (i, x, y) => {
      if (sheet.lung[i] === 0) return;
      const dx = (x - 5.2 * k) / (6.2 * k);
      const dy = (y - centre) / (9 * k);
      const near = Math.exp(-(dx * dx + dy * dy));
      const haze = (0.1 + 0.3 * severity) * near + (0.03 + 0.1 * severity) * smoothstep(4, 22, y);
      fill(sheet, i, haze * (1 + 0.2 * grainOf(x, y)));
    });
    for (let i = 0; i < 7 + 9 * severity; i++) {
      const y = thorax.dome[side] - 0.4 - 5.5 * lines.next() * k + 2.2;
      const outer = thorax.innerHalfWidth(y) - 0.25;
      const length = 0.9 + 0.9 * lines.next();
      const tilt = 0.25 * lines.normal();
      const ends = [signOf(side) * outer, y, signOf(side) * (outer - length), y + tilt];
      addStroke(sheet, sheet.vessels, ends, { radius: 0.07, value: 0.13 + 0.1 * severity });
    }
  }
}

function fill(sheet: Sheet, index: number, share: number): void {
  if (share <= 0) return;
  const filled = sheet.filled[index]!;
  sheet.filled[index] = filled + (1 - filled) * Math.min(0.97, share);
}

/** Patchy to lobar filling of air spaces with air bronchograms; the right upper lobe ends sharply at the minor fissure. */
function drawConsolidation(sheet: Sheet, thorax: Thorax, one: Sided & { zone: Zone }): void {
  const { side, zone, severity } = one;
  const [cx, cy] = zoneCentre(thorax, side, zone);
  const place = rng(thorax.seed, 'phantom consolidation', `${thorax.body.key}/${side}/${zone}`);
  const x0 = cx + 0.9 * place.normal();
  const y0 = cy + 0.9 * place.normal();
  const rx = (2.9 + 3.4 * severity) * (0.85 + 0.3 * place.next());
  const ry = (2.6 + 3.3 * severity) * (0.85 + 0.3 * place.next());
  const coarse = textureAt(thorax, `consolidation ${side} ${zone}`, 4);
  const fissure = zone === 'upper' && side === 'right' ? thorax.dome.right * 0.5 : 99;
  eachPixel(sheet, side, [y0 - ry * 1.4, y0 + ry * 1.4], (i, x, y) => {
    if (sheet.lung[i] === 0) return;
    const d = ((x - x0) / rx) ** 2 + ((y - y0) / ry) ** 2;
    if (d > 1.9) return;
    const cut = 1 - smoothstep(fissure - 0.2, fissure + 0.25, y + 0.12 * (x - x0));
    const body = smoothstep(-0.25, 1.15, 1.05 - d + 0.26 * coarse(x, y));
    fill(sheet, i, (0.34 + 0.42 * severity) * body * cut);
  });
  drawBronchograms(sheet, thorax, { side, x: x0, y: y0, reach: Math.min(rx, ry) });
}

function drawBronchograms(sheet: Sheet, thorax: Thorax, at: { side: Side; x: number; y: number; reach: number }): void {
  const place = rng(thorax.seed, 'phantom bronchogram', `${thorax.body.key}/${at.side}/${at.y.toFixed(2)}`);
  const towards = Math.atan2(at.y - 10.5 * thorax.k, at.x - 3.6);
  for (let i = 0; i < 4; i++) {
    const angle = towards + 0.5 * place.normal();
    const back = at.reach * (0.8 - 0.3 * i * 0.3);
    const sign = signOf(at.side);
    const from = [at.x - back * Math.cos(angle), at.y - back * Math.sin(angle)];
    const to = [at.x + at.reach * 0.6 * Math.cos(angle), at.y + at.reach * 0.6 * Math.sin(angle)];
    const path = [sign * from[0]!, from[1]!, sign * (at.x + 0.4 * place.normal()), at.y, sign * to[0]!, to[1]!];
    addCurve(sheet, sheet.extra, path, { radius: 0.2, endRadius: 0.08, value: -0.12, steps: 3 });
  }
}

/** Plates of collapsed lung near the base; the raised dome is part of the thorax's shape. */
function drawAtelectasis(sheet: Sheet, thorax: Thorax, one: Sided): void {
  const { side, severity } = one;
  const place = rng(thorax.seed, 'phantom atelectasis', `${thorax.body.key}/${side}`);
  const sign = signOf(side);
  const base = thorax.dome[side];
  for (let i = 0; i < 1 + Math.round(2.2 * severity); i++) {
    const y = base - 0.9 - 1.7 * i * (0.7 + 0.5 * place.next());
    const from = 3.4 + 2.5 * place.next();
    const to = Math.min(thorax.innerHalfWidth(y) - 0.5, from + 4.2 + 4.5 * place.next());
    const rise = 0.9 * place.normal();
    const path = [
      sign * from,
      y + rise,
      sign * ((from + to) / 2),
      y + 0.2 * place.normal(),
      sign * to,
      y - 0.4 * rise + 0.4,
    ];
    addCurve(sheet, sheet.vessels, path, {
      radius: (0.2 + 0.26 * severity) * (0.7 + 0.6 * place.next()),
      value: 0.26 + 0.3 * severity,
      steps: 4,
    });
  }
  const haze = textureAt(thorax, `atelectasis ${side}`, 7);
  eachPixel(sheet, side, [base - 6, base + 5], (i, x, y) => {
    if (sheet.lung[i] === 0) return;
    const clear = diaphragmHeight(thorax, side, x) - y;
    const near = Math.exp(-Math.max(0, clear) / (1.3 + 1.2 * severity)) * (1 - smoothstep(6, 12, x));
    fill(sheet, i, (0.16 + 0.42 * severity) * near * (1 + 0.25 * haze(x, y)));
  });
}

/** Round lesions; masses are lobulated. */
function drawLesion(sheet: Sheet, thorax: Thorax, lesion: Thorax['condition']['lesions'][number]): void {
  const [cx, cy] = zoneCentre(thorax, lesion.side, lesion.zone);
  const x = signOf(lesion.side) * (cx + 2.4 * lesion.place[0]);
  const y = cy + 2 * lesion.place[1];
  const { radius } = lesion;
  const value = 0.2 * 2 * radius + 0.08;
  addBlob(sheet, sheet.vessels, { x, y, radiusX: radius, radiusY: radius * 0.94, value, profile: PROFILES.solid });
  if (radius < 1.3) return;
  for (const angle of [0.6, 2.4, 4.3]) {
    const lobe = {
      x: x + 0.55 * radius * Math.cos(angle + lesion.place[2]),
      y: y + 0.55 * radius * Math.sin(angle + lesion.place[2]),
    };
    addBlob(sheet, sheet.vessels, {
      ...lobe,
      radiusX: radius * 0.62,
      radiusY: radius * 0.58,
      value: value * 0.3,
      profile: PROFILES.solid,
    });
  }
}

function drawGranuloma(sheet: Sheet, thorax: Thorax, granuloma: { side: Side; zone: Zone }): void {
  const [cx, cy] = zoneCentre(thorax, granuloma.side, granuloma.zone);
  const place = rng(thorax.seed, 'phantom granuloma', thorax.body.key);
  const shape = { x: signOf(granuloma.side) * (cx + 2 * place.normal()), y: cy + 1.5 * place.normal() };
  addBlob(sheet, sheet.vessels, { ...shape, radiusX: 0.27, radiusY: 0.25, value: 0.5, profile: PROFILES.solid });
}

/** Air between chest wall and a thin visceral pleural line; no vessels beyond the line; the lung inside is denser. */
function drawPneumothorax(sheet: Sheet, thorax: Thorax, one: Sided): void {
  const { severity, side } = one;
  const apex = (1.2 + 5.5 * severity) * thorax.k;
  const edgeAt = (y: number) => {
    const gap = (0.75 + 4.4 * severity) * (1 - 0.55 * smoothstep(6, 24, y));
    const rounded = y < apex ? 0 : Math.sqrt(Math.min(1, (y - apex) / (4.5 * thorax.k)));
    return (thorax.innerHalfWidth(y) - gap) * (0.32 + 0.68 * rounded);
  };
  eachPixel(sheet, side, [0, thorax.dome[side] + 5], (i, x, y) => {
    if (sheet.lung[i] === 0) return;
    const beyond = y < apex ? Math.max(apex - y, x - edgeAt(apex)) : x - edgeAt(y);
    if (beyond > 0) {
      sheet.vessels[i] = sheet.vessels[i]! * Math.exp(-beyond * 6);
      sheet.extra[i]! -= 0.032 * Math.max(0, sheet.lung[i]! - sheet.displaced[i]!) * smoothstep(0, 0.15, beyond);
    } else fill(sheet, i, 0.04 + 0.2 * severity);
    if (Math.abs(beyond) < 0.14) sheet.vessels[i]! += 0.17 * (1 - (beyond / 0.14) ** 2);
  });
}

/** Fluid blunts the costophrenic angle and climbs the side wall as a meniscus. */
function drawEffusion(sheet: Sheet, thorax: Thorax, one: Sided): void {
  const { side, severity } = one;
  const centre = thorax.halfWidth * 0.4;
  const angle = diaphragmHeight(thorax, side, thorax.halfWidth);
  const height = 2.2 + 14 * severity ** 1.15;
  const medial = Math.min(0.62, 0.08 + 0.75 * severity);
  const softness = 0.35 + 0.75 * severity;
  eachPixel(sheet, side, [angle - height - 2, angle + 6], (i, x, y) => {
    if (sheet.lung[i] === 0) return;
    const u = Math.max(0, (x - centre) / (thorax.innerHalfWidth(y) - centre));
    const level = angle - height * (medial + (1 - medial) * u ** 2.4);
    fill(sheet, i, smoothstep(level - softness, level + softness * 1.2, y));
  });
}

/** A rind along the side wall, with calcified plaques where it is marked. */
function drawThickening(sheet: Sheet, thorax: Thorax, one: Sided): void {
  const wave = textureAt(thorax, 'pleura', 2);
  const middle = 13 * thorax.k;
  eachPixel(sheet, one.side, [2, thorax.dome[one.side] + 4], (i, x, y) => {
    if (sheet.lung[i] === 0) return;
    const thick = (0.55 + 1.1 * one.severity) * Math.exp(-(((y - middle) / 8.5) ** 4)) * (1 + 0.3 * wave(0, y));
    const inward = thorax.innerHalfWidth(y) - x;
    fill(sheet, i, 0.95 * (1 - smoothstep(thick * 0.75, thick * 1.15, inward)));
  });
  const sign = signOf(one.side);
  const plaque = (y: number) => thorax.innerHalfWidth(y) - 0.75 - one.severity;
  const path = [10, 12, 14, 16.5].flatMap((y, i) => [sign * (plaque(y) - 0.3 * (i % 2)), y]);
  addCurve(sheet, sheet.vessels, path, { radius: 0.2, value: 0.22 + 0.3 * one.severity });
}
