/** Bring your own model: a folder with model.json (a manifest as in core/model.ts), ONNX graphs and a tokenizer. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelManifest, modelManifest } from '../../core/model.ts';
import { didYouMean } from '../../core/nearest.ts';
import { bundleWriter } from './import/bundle-writer.ts';

const MANIFEST = 'model.json';
const CHUNK = 8 << 20;

/** What the suite itself writes into a bundle, should somebody take one for a model of their own. */
const OURS: ReadonlySet<string> = new Set([MANIFEST, 'import.json', 'canaries.json']);

/** As a bundle's manifest; digests are optional, and checked where given. */
const userManifest = modelManifest.extend({ files: z.record(z.string(), z.string()).default({}) });

const WEIGHTS =
  'export both towers to ONNX (image tensor or token ids in, one embedding per row out), and put vision.onnx, text.onnx, tokenizer.json, tokenizer_config.json and model.json into one folder named under "from"';

export const onnx = defineModel({
  name: 'onnx',
  version: '1',
  card: {
    title: 'Your own ONNX model',
    architecture: 'as model.json says',
    licence: "the model's own",
    citation: "the model's own",
    access: 'by-hand',
    weights: WEIGHTS,
    exposure: {},
    notes: ['What this model saw in training is not known to the suite: say so beside its scores.'],
  },
  import: importFolder,
});

async function importFolder({ source, directory, context }: ImportRequest): Promise<ModelManifest> {
  const manifest = await readManifest(source, context);
  const found = (await context.files.list(source)).filter(({ path }) => !OURS.has(path));
  checkFiles(manifest, new Set(found.map(({ path }) => path)), source);
  // Weights beside a graph may have any name, so the whole folder belongs to the model.
  const writer = bundleWriter(directory, context);
  for (const { path } of found) await copy(source, path, { writer, context });
  for (const [name, digest] of Object.entries(manifest.files)) {
    if (writer.digests[name] === digest) continue;
    throw new ModelError(
      `file ${name}, expected the SHA-256 of ${MANIFEST}, ${digest}, got ${writer.digests[name]} (${source})`,
      'the file is damaged or was replaced: copy it again, or correct "files" in model.json',
    );
  }
  return { ...manifest, files: writer.digests };
}

async function readManifest(source: string, { files }: Context): Promise<ModelManifest> {
  const path = join(source, MANIFEST);
  if (!(await files.isDirectory(source)) || !(await files.exists(path)))
    throw new ModelError(`onnx: model, expected a folder with ${MANIFEST}, got none (${source})`, WEIGHTS);
  const parsed = userManifest.safeParse(parseJson(await files.readText(path), path));
  if (parsed.success) return withTowers(parsed.data, path);
  const issue = parsed.error.issues[0]!;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const hint = unknown
    ? didYouMean(unknown, Object.keys(userManifest.shape))
    : 'its fields: format, name, architecture, embeddingDimension, vision, text, files; see a bundle made from a checkpoint';
  throw new ModelError(`manifest: ${issue.path.join('.') || 'top level'}: ${issue.message} (${path})`, hint);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(
      `manifest, expected JSON, got: ${cause instanceof Error ? cause.message : cause} (${path})`,
      'docs/models.md has one',
    );
  }
}

function withTowers(manifest: ModelManifest, path: string): ModelManifest {
  if (manifest.vision || manifest.text) return manifest;
  throw new ModelError(`manifest, expected "vision", "text" or both, got neither (${path})`, WEIGHTS);
}

function checkFiles({ vision, text, files }: ModelManifest, found: ReadonlySet<string>, source: string): void {
  const named = [vision?.graph, text?.graph, text?.tokenizer, text?.tokenizerConfig, ...Object.keys(files)];
  for (const name of named) {
    if (name === undefined || found.has(name)) continue;
    throw new ModelError(
      `file ${name} of the manifest, expected it in the folder (a plain relative name), got none (${source})`,
      didYouMean(name, found),
    );
  }
}

async function copy(
  source: string,
  name: string,
  target: { writer: ReturnType<typeof bundleWriter>; context: Context },
) {
  const file = target.context.files.open(join(source, name));
  try {
    await target.writer.stream(name, (write) => {
      for (let at = 0; at < file.size; at += CHUNK) write(file.read(at, Math.min(CHUNK, file.size - at)));
    });
  } finally {
    file.close();
  }
}

export default onnx;
