/** How a score becomes a decision: declared beforehand, and never chosen on the part that is judged. */
import { z } from 'zod';

export const declaredThreshold = z
  .strictObject({
    /** youden: largest sensitivity + specificity; f1: largest F1; sensitivity: the highest threshold that reaches `value`. */
    policy: z.enum(['youden', 'f1', 'fixed', 'sensitivity']),
    /** The threshold itself for `fixed`, the sensitivity to reach for `sensitivity`. */
    value: z.number().optional(),
    /** Part on which the threshold is chosen; of no meaning for `fixed`. */
    on: z.enum(['validation', 'train']).default('validation'),
  })
  .refine((threshold) => threshold.policy !== 'fixed' || threshold.value !== undefined, {
    message: 'a fixed threshold needs a value',
    path: ['value'],
  })
  .refine(({ policy, value }) => policy !== 'sensitivity' || (value !== undefined && value > 0 && value <= 1), {
    message: 'a sensitivity policy needs a value in (0, 1]',
    path: ['value'],
  });

export type DeclaredThreshold = z.infer<typeof declaredThreshold>;
