/** Stored embeddings as tasks see them: by image id and by text, for one dataset and one checkpoint. */
import type { EmbeddingLookup } from '../core/task.ts';
import type { Member, PreparedDataset } from './prepare.ts';
import { textItem } from './text-items.ts';

export function embeddingLookup(dataset: PreparedDataset, member: Member): EmbeddingLookup {
  const { digests, failures } = dataset.digests;
  const digestOfImage = (id: string) => digests.get(dataset.paths.get(id) ?? '');
  const padding = member.bundle.manifest.text?.padding ?? 'context';
  const vectorOf = (text: string, group?: readonly string[]) => {
    return member.text?.space.get(textItem(text, padding, group).digest) ?? null;
  };
  return {
    image: (id) => {
      const digest = digestOfImage(id);
      return digest === undefined ? null : (member.vision?.space.get(digest) ?? null);
    },
    text: (text) => vectorOf(text),
    prompts: (texts) => texts.map((text) => vectorOf(text, texts)),
    logitScale: member.bundle.manifest.logitScale,
    failure: (id) => {
      const digest = digestOfImage(id);
      return digest === undefined ? failures.get(dataset.paths.get(id) ?? '') : member.vision?.space.failure(digest);
    },
  };
}
