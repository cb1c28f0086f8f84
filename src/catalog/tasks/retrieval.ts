/**
 * Retrieval: which report belongs to this image, and which image to this report? Reports with the same text are one, as a
 * candidate and as a query; every image of every study with a report's text is a right answer. The second reading calls a
 * candidate right whose study has exactly the same present findings.
 */
import { z } from 'zod';
import { DataError } from '../../core/errors.ts';
import { defineTask, type EmbeddingLookup, type TaskRequest } from '../../core/task.ts';
import { evaluateRankings } from '../../lib/ranking/evaluate-rankings.ts';
import { type JointEmbeddings, jointEmbeddings } from '../../lib/ranking/joint-embeddings.ts';
import { rankCandidates } from '../../lib/ranking/rank-candidates.ts';
import { rankingBaselines } from '../../lib/ranking/ranking-baselines.ts';
import { type RetrievalPool, retrievalPool } from '../../lib/ranking/retrieval-pool.ts';

const options = z.strictObject({
  /** Section of the report; `findings-else-impression` takes the impression where there are no findings. */
  text: z.enum(['findings', 'impression', 'findings-else-impression']).default('findings-else-impression'),
  views: z.enum(['frontal', 'all']).default('frontal'),
  /** Studies are drawn (seeded) until there are this many distinct reports; all unless given. */
  maximumCandidates: z.int().positive().optional(),
});

type Options = z.infer<typeof options>;
type Request = TaskRequest<Options>;

const name = 'retrieval';
const version = '1';

const poolOf = ({ dataset, options: chosen, seed }: Request) => retrievalPool(dataset, { ...chosen, seed });

function protocolOf({ dataset, options: chosen, seed }: Request, { duplicates, excluded }: RetrievalPool): string {
  const { text, views, maximumCandidates } = chosen;
  const drawn = maximumCandidates === undefined ? '' : `,drawn=${maximumCandidates}/seed${seed}`;
  const texts = `text=${text};views=${views};pool=${dataset.evaluate}${drawn}`;
  return `task=${name}@${version};${texts};duplicates=${duplicates}-merged;excluded=${excluded}`;
}

interface Towers {
  readonly images: JointEmbeddings;
  readonly texts: JointEmbeddings;
}

function embed(pool: RetrievalPool, members: readonly EmbeddingLookup[]): Towers {
  const textOf = (member: EmbeddingLookup, text: string) => member.text(text);
  return {
    images: jointEmbeddings(pool.images, members, (member, image) => member.image(image.id)),
    texts: jointEmbeddings(pool.texts, members, textOf),
  };
}

export default defineTask<Options>({
  name,
  version,
  headlines: [
    { finding: 'image-to-report', metric: 'recall@5' },
    { finding: 'report-to-image', metric: 'recall@5' },
  ],
  options,
  needs: (request) => {
    const { images, texts } = poolOf(request);
    return { images, texts, prompts: [] };
  },
  predict: async (request, members, search) => {
    const pool = poolOf(request);
    const { images, texts } = embed(pool, members);
    const [toReport, toImage] = pool.directions;
    const imageFailure = (query: number) =>
      members.map((member) => member.failure(pool.images[query]!.id)).find((reason) => reason !== undefined);
    return {
      kind: 'rankings',
      directions: [
        await rankCandidates(toReport, { queries: images, candidates: texts }, search, (query) => {
          return imageFailure(query) ?? 'no usable embedding';
        }),
        await rankCandidates(toImage, { queries: texts, candidates: images }, search, () => 'no usable text embedding'),
      ],
    };
  },
  baselines: (request) => {
    const { text } = request.options;
    return rankingBaselines(poolOf(request), request.dataset, { text, seed: request.seed });
  },
  evaluate: (request, model, prediction, metrics) => {
    if (prediction.kind !== 'rankings') {
      throw new DataError(`prediction, expected rankings, got ${prediction.kind}`);
    }
    const pool = poolOf(request);
    const question = { task: name, dataset: request.dataset, pool, protocol: protocolOf(request, pool) };
    return evaluateRankings(question, model, prediction, metrics);
  },
});
