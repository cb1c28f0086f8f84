/** Stored embeddings as tasks see them: by image id and by text, for one dataset and one checkpoint. */
import type { EmbeddingLookup } from '../core/task.ts';
import { type Member, type PreparedDataset, textDigest } from './prepare.ts';

export function embeddingLookup(dataset: PreparedDataset, member: Member): EmbeddingLookup {
  const { digests, failures } = dataset.digests;
  const digestOfImage = (id: string) => digests.get(dataset.paths.get(id) ?? '');
  return {
    image: (id) => {
      const digest = digestOfImage(id);
      return digest === undefined ? null : (member.vision?.space.get(digest) ?? null);
    },
    text: (text) => member.text?.space.get(textDigest(text)) ?? null,
    failure: (id) => {
      const digest = digestOfImage(id);
      return digest === undefined ? failures.get(dataset.paths.get(id) ?? '') : member.vision?.space.failure(digest);
    },
  };
}
