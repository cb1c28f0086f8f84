/** Texts as items of the store: a text alone, or as one of a group where the model's embedding depends on its neighbours. */
import { sha256 } from '../core/digest.ts';
import type { ModelManifest } from '../core/model.ts';
import type { Needs } from '../core/task.ts';

export type Padding = NonNullable<ModelManifest['text']>['padding'];

export interface TextItem {
  /** Names the item in the store; the text itself is never stored. */
  readonly digest: string;
  readonly text: string;
  /** The texts to whose longest this one is padded; absent where padding does not matter. */
  readonly group?: readonly string[];
}

/** @param group the texts that are encoded together with this one, itself among them */
export function textItem(text: string, padding: Padding, group?: readonly string[]): TextItem {
  if (padding !== 'group' || group === undefined || group.length < 2) return { digest: sha256(`text\n${text}`), text };
  return { digest: sha256(`text of a group\n${JSON.stringify([text, group])}`), text, group };
}

/** Every text that the questions ask for, by digest, in their order. */
export function textItems(needs: readonly Needs[], padding: Padding): ReadonlyMap<string, TextItem> {
  const items = needs.flatMap(({ texts, prompts }) => [
    ...texts.map((text) => textItem(text, padding)),
    ...prompts.flatMap((group) => group.map((text) => textItem(text, padding, group))),
  ]);
  return new Map(items.map((item) => [item.digest, item]));
}
