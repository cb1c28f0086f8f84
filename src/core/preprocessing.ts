/** A model's own image preprocessing as data: a named list of steps that lib/image carries out exactly. */
import { z } from 'zod';

const size = z.union([
  z.strictObject({ width: z.int().positive(), height: z.int().positive() }),
  /** Longer side to this many pixels, the other in proportion. */
  z.strictObject({ longSide: z.int().positive(), rounding: z.enum(['truncate', 'round']) }),
  /** Shorter side to this many pixels, the other in proportion. */
  z.strictObject({ shortSide: z.int().positive(), rounding: z.enum(['truncate', 'round']) }),
]);

export const preprocessingStep = z.discriminatedUnion('op', [
  /** Pillow's antialiased resampling in 8-bit fixed point. */
  z.strictObject({ op: z.literal('resize-pillow'), kernel: z.enum(['bilinear', 'bicubic', 'lanczos']), size }),
  /** torch.nn.functional.interpolate on float data, align_corners false. */
  z.strictObject({
    op: z.literal('resize-torch'),
    kernel: z.enum(['bilinear', 'bicubic']),
    antialias: z.boolean(),
    size,
  }),
  /**
   * cv2.resize: 8-bit data in OpenCV's fixed point, float data in float32. `cubic-ipp` is what OpenCV's builds for x86 do
   * instead of `cubic`.
   */
  z.strictObject({ op: z.literal('resize-opencv'), kernel: z.enum(['area', 'linear', 'cubic', 'cubic-ipp']), size }),
  /** Colour to one channel with Pillow's integer luma (ITU-R 601-2); greys pass unchanged. */
  z.strictObject({ op: z.literal('grey') }),
  /** Paste centred (offset floor(free / 2)) on a canvas of this size. */
  z.strictObject({
    op: z.literal('pad'),
    width: z.int().positive(),
    height: z.int().positive(),
    fill: z.number(),
  }),
  /** Paste centred on a square whose side is the longer side, at least `minimum`. */
  z.strictObject({ op: z.literal('pad-square'), minimum: z.int().nonnegative(), fill: z.number() }),
  z.strictObject({ op: z.literal('centre-crop'), width: z.int().positive(), height: z.int().positive() }),
  /** (x / divisor − mean) / standardDeviation per channel; one value serves every channel. */
  z.strictObject({
    op: z.literal('normalize'),
    divisor: z.number().positive(),
    mean: z.array(z.number()).min(1),
    standardDeviation: z.array(z.number().positive()).min(1),
  }),
]);

export const preprocessing = z.strictObject({
  /** Name and version, printed beside every score. */
  name: z.string(),
  /** Channels of the tensor that the graph takes; a grey picture is repeated. */
  channels: z.union([z.literal(1), z.literal(3)]),
  width: z.int().positive(),
  height: z.int().positive(),
  steps: z.array(preprocessingStep).min(1),
});

export type PreprocessingStep = z.infer<typeof preprocessingStep>;
export type Preprocessing = z.infer<typeof preprocessing>;
