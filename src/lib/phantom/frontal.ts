/** The frontal (postero-anterior) film of a phantom as a sheet of tissue. */
import { drawDevices } from './devices.ts';
import { drawFrontalBones } from './frontal-bones.ts';
import { drawFrontalSoftTissue } from './frontal-soft.ts';
import { drawFrontalOpacities } from './opacities.ts';
import { createSheet, type Sheet } from './sheet.ts';
import type { Thorax } from './thorax.ts';
import { drawFrontalVessels } from './vessels.ts';

/** @param scale pixels per centimetre; @param halfWidth half of the sheet's width in cm. */
export function drawFrontal(thorax: Thorax, scale: number, halfWidth: number): Sheet {
  const sheet = createSheet({ left: -halfWidth, right: halfWidth, top: -8.5, bottom: 37 }, scale);
  drawFrontalSoftTissue(sheet, thorax);
  drawFrontalVessels(sheet, thorax);
  drawFrontalOpacities(sheet, thorax);
  drawFrontalBones(sheet, thorax);
  drawDevices(sheet, thorax, 'frontal');
  return sheet;
}
