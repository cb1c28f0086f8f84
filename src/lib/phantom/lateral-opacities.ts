/** Lateral view: the same findings as in the frontal view, where they can be seen from the side. One lung is half of the depth. */
import { rng } from '../../core/rng.ts';
import { type Side, type Sided, signOf, type Zone } from './condition.ts';
import { textureAt } from './opacities.ts';
import { type Sheet, smoothstep } from './sheet.ts';
import type { SideProfile } from './side-profile.ts';
import { addBlob, addCurve, addStroke, PROFILES } from './strokes.ts';
import type { Thorax } from './thorax.ts';

export function drawLateralOpacities(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const { condition } = thorax;
  if (condition.edema !== undefined) drawEdema(sheet, thorax, profile);
  for (const one of condition.consolidations) drawConsolidation(sheet, thorax, one);
  for (const one of condition.atelectases) drawPlates(sheet, thorax, one);
  for (const one of condition.lesions) {
    const [u, y] = lateralZone(thorax, one.side, one.zone);
    const place = { x: u - 1.8 * one.place[2], y: y + 2 * one.place[1] };
    const size = {
      radiusX: one.radius,
      radiusY: one.radius * 0.95,
      value: 0.4 * one.radius + 0.1,
      profile: PROFILES.solid,
    };
    addBlob(sheet, sheet.vessels, { ...place, ...size });
  }
  for (const one of condition.effusions) drawEffusion(sheet, thorax, profile, one);
  if (condition.pneumothorax !== undefined) drawAirLine(sheet, profile, condition.pneumothorax);
}

/** Centre of a lung zone from the side: the middle zone lies in front, the lower one behind. */
function lateralZone(thorax: Thorax, side: Side, zone: Zone): readonly [u: number, y: number] {
  const d = thorax.depth;
  const dome = thorax.dome[side];
  if (zone === 'upper') return [0.02 * d, dome * 0.27];
  return zone === 'middle' ? [-0.26 * d, dome * 0.66] : [0.27 * d, dome * 0.9];
}

function eachLungPixel(sheet: Sheet, visit: (index: number, u: number, y: number) => void): void {
  for (let row = 0; row < sheet.height; row++) {
    const y = sheet.top + row / sheet.scale;
    for (let column = 0; column < sheet.width; column++) {
      const i = row * sheet.width + column;
      if (sheet.lung[i]! > 0) visit(i, sheet.left + column / sheet.scale, y);
    }
  }
}

function fill(sheet: Sheet, index: number, share: number): void {
  if (share <= 0) return;
  const filled = sheet.filled[index]!;
  sheet.filled[index] = filled + (1 - filled) * Math.min(0.97, share);
}

function drawEdema(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const severity = thorax.condition.edema!;
  const [u0, y0] = profile.hilum;
  const grain = textureAt(thorax, 'lateral edema', 7);
  eachLungPixel(sheet, (i, u, y) => {
    const near = Math.exp(-(((u - u0) / 5) ** 2) - ((y - y0 - 1) / 7) ** 2);
    fill(sheet, i, ((0.08 + 0.26 * severity) * near + 0.04 + 0.09 * severity) * (1 + 0.2 * grain(u, y)));
  });
  const fissure = { radius: 0.12, value: 0.16 + 0.2 * severity };
  addCurve(sheet, sheet.vessels, [u0 + 4.5, y0 - 6, u0 + 1, y0 + 1, u0 - 3.4, y0 + 8], fissure);
  addCurve(sheet, sheet.vessels, [u0, y0 + 0.6, profile.innerFront(y0) + 0.6, y0 + 1.2], fissure);
}

function drawConsolidation(sheet: Sheet, thorax: Thorax, one: Sided & { zone: Zone }): void {
  const [u0, y0] = lateralZone(thorax, one.side, one.zone);
  const coarse = textureAt(thorax, `lateral consolidation ${one.side} ${one.zone}`, 4);
  const reach = 2.7 + 3 * one.severity;
  eachLungPixel(sheet, (i, u, y) => {
    const d = ((u - u0) / reach) ** 2 + ((y - y0) / (reach * 1.05)) ** 2;
    if (d > 1.9) return;
    fill(sheet, i, (0.24 + 0.26 * one.severity) * smoothstep(-0.25, 1.15, 1.05 - d + 0.26 * coarse(u, y)));
  });
}

function drawPlates(sheet: Sheet, thorax: Thorax, one: Sided): void {
  const place = rng(thorax.seed, 'phantom lateral atelectasis', `${thorax.body.key}/${one.side}`);
  for (let i = 0; i < 1 + Math.round(2 * one.severity); i++) {
    const y = thorax.dome[one.side] + 0.4 + 1.3 * i;
    const u = thorax.depth * (0.12 + 0.12 * place.next());
    const path = [u, y - 1, u + 2.5, y + 0.2, u + 4, y + 0.8 + place.next()];
    addCurve(sheet, sheet.vessels, path, { radius: 0.25 + 0.2 * one.severity, value: 0.32 + 0.3 * one.severity });
  }
}

/** Fluid gathers in the sulcus behind and climbs the back wall. */
function drawEffusion(sheet: Sheet, thorax: Thorax, profile: SideProfile, one: Sided): void {
  const { side, severity } = one;
  const d = thorax.depth;
  const bottom = profile.diaphragm(side, 0.46 * d);
  const height = 3 + 14 * severity ** 1.1;
  const medial = Math.min(0.7, 0.1 + 0.8 * severity);
  eachLungPixel(sheet, (i, u, y) => {
    const v = Math.min(1, Math.max(0, (u / d + 0.1) / 0.56));
    const ahead = Math.min(1, Math.max(0, -(u / d + 0.25) / 0.25));
    const level = bottom - height * (medial + (1 - medial) * v * v) - 0.8 * ahead;
    const wet = smoothstep(level - 0.5, level + 0.8, y);
    if (wet > 0) fill(sheet, i, y < profile.diaphragm(side, u) ? 0.5 * wet : 0);
  });
}

/** From the side a pneumothorax shows at most as a fine line behind the sternum. */
function drawAirLine(sheet: Sheet, profile: SideProfile, one: Sided): void {
  const gap = 0.7 + 1.6 * one.severity;
  for (let y = 3.5; y < 15; y += 0.5) {
    const ends = [profile.innerFront(y) + gap, y, profile.innerFront(y + 0.5) + gap, y + 0.5];
    addStroke(sheet, sheet.vessels, ends, { radius: 0.1, value: 0.13 + 0.02 * signOf(one.side) });
  }
  const apex = 2.4 + 3 * one.severity;
  addCurve(sheet, sheet.vessels, [-3, apex + 1, -0.5, apex, 2.5, apex + 0.6], { radius: 0.1, value: 0.14 });
}
