/** `medvlm datasets list`: datasets that can be read, their splits, and where to get them. */
import type { Command } from 'commander';
import { catalog } from '../../../catalog/index.ts';
import { printJson, printLines } from '../environment.ts';
import { table } from '../table.ts';

export function addList(datasets: Command): void {
  datasets
    .command('list')
    .description('datasets that can be read, and where to get them')
    .option('--json', 'one JSON document on stdout')
    .action((options: { json?: boolean }) => {
      const all = [...catalog.datasets.values()];
      if (options.json) {
        printJson(
          all.map(({ name, version, title, tier, licence, splits, obtain }) => ({
            name,
            version,
            title,
            tier,
            licence,
            splits,
            obtain,
          })),
        );
      } else {
        printLines(
          table(
            ['name', 'tier', 'splits', 'title'],
            all.map((entry) => [entry.name, entry.tier, entry.splits.join(', '), entry.title]),
          ),
        );
        printLines(all.map(({ name, obtain }) => `${name}: ${obtain}`));
        printLines([
          '',
          'splits of every dataset besides: redrawn-K-v1 (K = 1, 2, …), 5xN-v1, and manifests (FILE.csv)',
        ]);
      }
    });
}
