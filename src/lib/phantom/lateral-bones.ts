/** Lateral view: vertebrae, ribs as slanted bands, sternum, scapulae. */
import { ribOf } from './frontal-bones.ts';
import type { Sheet } from './sheet.ts';
import type { SideProfile } from './side-profile.ts';
import { addBlob, addCurve, addLine, PROFILES } from './strokes.ts';
import type { Thorax } from './thorax.ts';

export function drawLateralBones(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  drawVertebrae(sheet, thorax, profile);
  drawRibs(sheet, thorax, profile);
  drawSternum(sheet, thorax, profile);
  for (const shift of [0, 1.3]) {
    const back = (y: number) => profile.innerBack(y) + 0.6 - shift;
    const path = [back(0) - 2.4, -1, back(4) - 0.6, 4, back(9) - 0.2, 9, back(13) - 1, 13];
    addCurve(sheet, sheet.extra, path, { radius: 0.3, value: 0.32, profile: PROFILES.cortical, fading: true });
  }
}

/** Bodies with end plates and arches; the discs are the gaps. */
function drawVertebrae(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const column = [0, 5, 10, 15, 20, 25, 30, 36].flatMap((y) => [profile.spine(y), y]);
  addCurve(sheet, sheet.displaced, column, { radius: 2.6, value: 3.2, profile: PROFILES.bell });
  let y = -6;
  for (let level = 0; y < 37; level++) {
    const height = (1.55 + 0.06 * level) * thorax.k;
    const half = (1.15 + 0.045 * level) * thorax.k;
    const centre = y + height / 2;
    const u = profile.spine(centre);
    const slope = Math.atan((profile.spine(centre + 1) - profile.spine(centre - 1)) / 2);
    const shape = { x: u, y: centre, turn: -slope };
    addBlob(sheet, sheet.extra, {
      ...shape,
      radiusX: half * 1.12,
      radiusY: height * 0.56,
      value: 0.34,
      profile: PROFILES.plate,
    });
    for (const edge of [-0.46, 0.46]) {
      const v = centre + edge * height;
      const tilt = half * Math.tan(slope);
      addLine(sheet, sheet.extra, [u - half, v + tilt, u + half, v - tilt], { radius: 0.16, value: 0.2 });
    }
    const arch = { radiusX: 0.75, radiusY: 0.5, value: 0.3, profile: PROFILES.cortical };
    addBlob(sheet, sheet.extra, { ...arch, x: u + half + 1.1, y: centre + 0.5, turn: 0.7 });
    y += height + 0.42 * thorax.k;
  }
}

/** From the side a rib is nearly a straight band; the bend behind it runs along the beam and is dense. */
function drawRibs(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  for (const side of ['left', 'right'] as const) {
    const magnified = side === 'right' ? 0.5 : 0;
    for (const number of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      const rib = ribOf(thorax, number, side);
      const fracture = thorax.condition.fractures.find((one) => one.side === side && one.bone === number);
      const path: number[] = [];
      for (let part = 0; part <= 10; part++) {
        const angle = (part / 10) * rib.end;
        const y = rib.y0 + (rib.fall * (1 - Math.cos(angle))) / 2 + 0.7 * Math.sin(angle) ** 2 + magnified;
        const reach = (profile.innerBack(y) - profile.innerFront(y)) / 2;
        const middle = (profile.innerBack(y) + profile.innerFront(y)) / 2;
        const broken = fracture !== undefined && part / 10 > fracture.position ? fracture.step : 0;
        path.push(middle + (reach + magnified) * Math.cos(angle) - 0.15, y + broken);
      }
      const style = { radius: rib.half * 0.86, value: 0.32, profile: PROFILES.cortical, fading: true };
      addCurve(sheet, sheet.extra, path, { ...style, steps: 1 });
      addCurve(sheet, sheet.extra, path.slice(0, 8), { ...style, radius: rib.half * 0.8, value: 0.4, steps: 1 });
    }
  }
}

function drawSternum(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const { k } = thorax;
  const front = (y: number) => profile.innerFront(y * k) - 0.75;
  const bone = { radius: 0.58, value: 0.8, profile: PROFILES.cortical, fading: true };
  addCurve(sheet, sheet.extra, [front(2.6) - 0.1, 2.6 * k, front(6) - 0.1, 6 * k, front(7.4), 7.4 * k], bone);
  addCurve(
    sheet,
    sheet.extra,
    [front(7.7), 7.7 * k, front(12), 12 * k, front(17), 17 * k, front(18.5) + 0.3, 18.6 * k],
    bone,
  );
}
