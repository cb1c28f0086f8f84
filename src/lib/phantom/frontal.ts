/** The frontal (postero-anterior) film of a phantom as a sheet of tissue. */
import { drawDevices } from './devices.ts';
import { drawFrontalBones } from './frontal-bones.ts';
import { drawFrontalSoftTissue } from './frontal-soft.ts';
import { drawFrontalOpacities } from './opacities.ts';
import { createSheet, type Sheet, type SheetMemory } from './sheet.ts';
import type { Thorax } from './thorax.ts';
import { drawFrontalVessels } from './vessels.ts';

/** @param frame pixels per centimetre, and half of the sheet's width in cm */
export function drawFrontal(
  thorax: Thorax,
  { scale, halfWidth }: { scale: number; halfWidth: number },
  memory?: SheetMemory,
): Sheet {
  const sheet = createSheet({ left: -halfWidth, right: halfWidth, top: -8.5, bottom: 37 }, scale, memory);
  drawFrontalSoftTissue(sheet, thorax);
  drawFrontalVessels(sheet, thorax);
  drawFrontalOpacities(sheet, thorax);
  drawFrontalBones(sheet, thorax);
  drawDevices(sheet, thorax, 'frontal');
  return sheet;
}
