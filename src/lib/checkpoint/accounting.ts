/** Strict accounting of a checkpoint's keys: every key consumed, every slot filled, every shape as expected. */
import { ModelError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { printable } from './printable.ts';
import type { NamedTensor } from './tensor.ts';

export interface AccountOptions {
  /** Keys that the checkpoint may hold though the model does not need them. */
  readonly ignore?: ReadonlySet<string>;
  /** Members that are no readable tensors, by name (`Checkpoint.others`). */
  readonly others?: ReadonlyMap<string, string>;
  /** Name of the file, for errors. */
  readonly where: string;
}

const LISTED = 3;

/**
 * The tensor of each slot, by name.
 * @param slots name of every needed weight and its shape
 * @throws ModelError that lists the first missing, unexpected and misshaped keys, with the nearest expected name
 */
export function accountKeys(
  tensors: readonly NamedTensor[],
  slots: ReadonlyMap<string, readonly number[]>,
  { ignore = new Set(), others = new Map(), where }: AccountOptions,
): ReadonlyMap<string, NamedTensor> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const missing = [...slots.keys()].filter((name) => !byName.has(name));
  const unexpected = [...byName.keys(), ...others.keys()].filter((name) => !slots.has(name) && !ignore.has(name));
  const misshaped = tensors.filter(({ name, shape }) => slots.has(name) && slots.get(name)!.join() !== shape.join());
  const complaints = [
    listed('missing', missing, (name) => (others.has(name) ? `${name} (it is ${others.get(name)})` : name)),
    listed('unexpected', unexpected, (name) => `${printable(name)}${suggestion(name, missing)}`),
    listed('misshaped', misshaped, ({ name, shape }) => `${name} [${shape}] for [${slots.get(name)}]`),
  ].filter((complaint) => complaint !== '');
  if (complaints.length === 0) return byName;
  throw new ModelError(
    `keys of the checkpoint, expected exactly the ${slots.size} of this architecture, got ${complaints.join('; ')} (${where})`,
    'this file holds another model or another version of it: check that the model named in the suite fits the file',
  );
}

function listed<Item>(what: string, items: readonly Item[], text: (item: Item) => string): string {
  if (items.length === 0) return '';
  const more = items.length > LISTED ? ', …' : '';
  return `${items.length} ${what}: ${items.slice(0, LISTED).map(text).join(', ')}${more}`;
}

/** An unexpected key is most often a missing one under another name. Long names are not compared: that takes their product. */
function suggestion(name: string, missing: readonly string[]): string {
  const guess = name.length <= 200 ? nearest(name, missing) : undefined;
  return guess ? ` (nearest expected: ${guess})` : '';
}
