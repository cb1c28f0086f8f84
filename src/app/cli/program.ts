/** The commands of `medvlm` and their options. */
import { Command } from 'commander';
import { addDatasets } from './datasets.ts';
import { addDoctor } from './doctor.ts';
import { addExport } from './export.ts';
import { addLabel } from './label.ts';
import { addModels } from './models.ts';
import { addPlan } from './plan.ts';
import { addRun } from './run.ts';
import { addScore } from './score.ts';
import { packageVersion } from './version.ts';

const EXAMPLES = `
Examples:
  medvlm run demo                                            the demo, offline
  medvlm datasets check iu-xray /data/iu-xray                is the release whole?
  medvlm run suites/iu-xray.yaml --set datasets.0.root=/data/iu-xray --set models.0.from=/weights/chexzero
  medvlm label reports.csv --id-column study --text-column findings --text-column impression
  medvlm score predictions.csv --dataset iu-xray --root /data/iu-xray --task zero-shot

What is imported and inferred is kept in MEDVLM_HOME (default ~/.cache/medvlm).`;

/** @throws CommanderError from parsing, and whatever a command throws */
export function buildProgram(): Command {
  const program = new Command('medvlm')
    .description(
      'Benchmark small medical vision-language models on chest X-rays: on premises, every number with an interval.',
    )
    .version(packageVersion(), '--version')
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  for (const add of [addRun, addPlan, addScore, addExport, addLabel, addModels, addDatasets, addDoctor]) add(program);
  hintAtHelp(program, program.name());
  return program;
}

/** After a usage error each command points to its own help. */
function hintAtHelp(command: Command, name: string): void {
  command.showHelpAfterError(`hint: ${name} --help`);
  for (const sub of command.commands) hintAtHelp(sub, `${name} ${sub.name()}`);
}
