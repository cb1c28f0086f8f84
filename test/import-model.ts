/** Runs a model plug-in's importer as the engine does, with its options' defaults. */
import type { Context } from '../src/core/context.ts';
import type { ModelDefinition, ModelManifest } from '../src/core/model.ts';

export interface ImportedModel {
  readonly source: string;
  readonly directory: string;
  readonly context: Context;
  /** As a suite would give them. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export async function importModel<Options>(
  definition: ModelDefinition<Options>,
  { options = {}, ...request }: ImportedModel,
): Promise<ModelManifest> {
  const parsed = definition.options ? definition.options.parse(options) : (options as Options);
  return definition.import!({ ...request, options: parsed });
}
