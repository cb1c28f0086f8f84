/** Rules of a key map for the pre-normalised residual blocks of blocks.ts, whatever a library calls their parts. */
import { ModelError } from '../../core/errors.ts';
import type { KeyRule } from '../checkpoint/key-map.ts';

/** Keys of the parts of a block, `.weight` and `.bias` left out except for q, k and v. */
export interface BlockNaming {
  /** Pattern of a block's keys, with one index: `transformer.resblocks.{textLayer}.` */
  readonly block: string;
  readonly firstNorm: string;
  /** One packed weight with rows q, k, v, or the three apart. */
  readonly attentionWeights: readonly string[];
  readonly attentionBiases: readonly string[];
  readonly attentionOutput: string;
  readonly secondNorm: string;
  readonly widening: string;
  readonly narrowing: string;
}

export interface BlockSizes {
  readonly width: number;
  readonly intermediate: number;
}

/** `weight` and `bias` of a layer norm. */
export function normRules(key: string, slot: string, width: number): readonly KeyRule[] {
  return ['weight', 'bias'].map((part) => ({ key: `${key}.${part}`, slot: `${slot}.${part}`, shape: [width] }));
}

/** `weight` [out, in] and `bias` [out] of torch.nn.Linear. */
export function linearRules(key: string, slot: string, [out, into]: readonly [number, number]): readonly KeyRule[] {
  return [
    { key: `${key}.weight`, slot: `${slot}.weight`, shape: [out, into] },
    { key: `${key}.bias`, slot: `${slot}.bias`, shape: [out] },
  ];
}

/** @param slots pattern of a block's slots: `visual.transformer.resblocks.{visionLayer}.` */
export function blockRules(
  naming: BlockNaming,
  slots: string,
  { width, intermediate }: BlockSizes,
): readonly KeyRule[] {
  const { block, attentionWeights, attentionBiases } = naming;
  const rows = (3 * width) / attentionWeights.length;
  const keys = (parts: readonly string[]) => parts.map((part) => `${block}${part}`);
  return [
    ...normRules(`${block}${naming.firstNorm}`, `${slots}ln_1`, width),
    { key: keys(attentionWeights), slot: `${slots}attn.in_proj_weight`, shape: [rows, width] },
    { key: keys(attentionBiases), slot: `${slots}attn.in_proj_bias`, shape: [rows] },
    ...linearRules(`${block}${naming.attentionOutput}`, `${slots}attn.out_proj`, [width, width]),
    ...normRules(`${block}${naming.secondNorm}`, `${slots}ln_2`, width),
    ...linearRules(`${block}${naming.widening}`, `${slots}mlp.c_fc`, [intermediate, width]),
    ...linearRules(`${block}${naming.narrowing}`, `${slots}mlp.c_proj`, [width, intermediate]),
  ];
}

/**
 * Attention heads of a tower: those of its configuration, or else heads 64 wide.
 * @throws ModelError where they do not divide the width
 */
export function attentionHeads(width: number, given?: number): number {
  const heads = given ?? width / 64;
  if (Number.isInteger(heads) && heads > 0 && width % heads === 0) return heads;
  throw new ModelError(
    `attention heads, expected ${given === undefined ? 'heads 64 wide' : `${given} heads`} in a width of ${width}, got a remainder`,
    'a model with other heads needs the config.json that was published with it, beside its weights',
  );
}

/**
 * Side of the grid of patches. @param positions rows of the position embedding, the class token's included
 * @throws ModelError where they are no square
 */
export function patchGrid(positions: number, key: string): number {
  const grid = Math.round(Math.sqrt(positions - 1));
  if (grid >= 1 && grid * grid + 1 === positions) return grid;
  throw new ModelError(`weight ${key}, expected a square of patches and one more, got ${positions} rows`);
}
