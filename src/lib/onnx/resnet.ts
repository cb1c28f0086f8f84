/**
 * torchvision's ResNet of bottleneck blocks as an ONNX graph; sizes come from the weights' shapes.
 * Source: He et al. 2016, arXiv:1512.03385; pytorch/vision:torchvision/models/resnet.py (the stride lies in the 3 × 3 convolution).
 */
import { ModelError } from '../../core/errors.ts';
import { countIndices, type KeyRule, requireShape, type Shapes } from '../checkpoint/key-map.ts';
import { foldedConvolution } from './batch-normalization.ts';
import { type Module, submodule } from './blocks.ts';
import { addInput, addOutput, createGraph, type Graph, type Value } from './graph.ts';
import { GlobalAveragePool, MaxPool, PaddedConv, Relu } from './image-operators.ts';
import { Add, MatMul, Reshape } from './operators.ts';
import { transposedWeight, type WeightSource, weight } from './weights.ts';

const ARCHITECTURE = "torchvision's ResNet of bottleneck blocks";
const STAGES = [1, 2, 3, 4] as const;

export interface ResnetStage {
  readonly blocks: number;
  /** Channels inside a block, and after it. */
  readonly inner: number;
  readonly outer: number;
  /** The first block projects its shortcut: where it strides or widens. */
  readonly projects: boolean;
}

export interface ResnetDimensions {
  readonly channels: number;
  readonly stem: { readonly width: number; readonly side: number };
  readonly stages: readonly ResnetStage[];
  readonly embedding: number;
  /** The last linear layer has a bias. */
  readonly biased: boolean;
}

function stageOf(shapes: Shapes, prefix: string, into: number): ResnetStage {
  const demand = { rank: 4, architecture: ARCHITECTURE };
  const [inner] = requireShape(shapes, `${prefix}.0.conv1.weight`, demand) as [number];
  const [outer] = requireShape(shapes, `${prefix}.0.conv3.weight`, demand) as [number];
  const blocks = countIndices(shapes, `${prefix}.{block}.conv1.weight`);
  return { blocks, inner, outer, projects: !prefix.endsWith('layer1') || into !== outer };
}

/**
 * @param prefix of every key, ending with a dot where it is not empty
 * @throws ModelError where a weight that gives a size is missing or has another number of dimensions
 */
export function resnetDimensions(shapes: Shapes, prefix: string): ResnetDimensions {
  const require = (key: string, rank: number) =>
    requireShape(shapes, `${prefix}${key}`, { rank, architecture: ARCHITECTURE });
  const [width, channels, side] = require('conv1.weight', 4) as [number, number, number];
  if (side % 2 === 0) throw new ModelError(`weight ${prefix}conv1.weight, expected an odd kernel, got ${side}`);
  const stages: ResnetStage[] = [];
  for (const stage of STAGES) stages.push(stageOf(shapes, `${prefix}layer${stage}`, stages.at(-1)?.outer ?? width));
  const [embedding] = require('fc.weight', 2) as [number];
  return { channels, stem: { width, side }, stages, embedding, biased: shapes.has(`${prefix}fc.bias`) };
}

function convolutionRules(names: readonly [string, string], shape: readonly number[]): KeyRule[] {
  const [convolution, normalization] = names;
  const perChannel = ['weight', 'bias', 'running_mean', 'running_var'];
  return [
    { key: `${convolution}.weight`, shape },
    ...perChannel.map((part) => ({ key: `${normalization}.${part}`, shape: [shape[0]!] })),
  ];
}

function stageRules(prefix: string, stage: ResnetStage, into: number): KeyRule[] {
  const { inner, outer } = stage;
  return Array.from({ length: stage.blocks }, (_, index) => {
    const block = `${prefix}.${index}`;
    const entering = index === 0 ? into : outer;
    const shortcut = [`${block}.downsample.0`, `${block}.downsample.1`] as const;
    return [
      ...convolutionRules([`${block}.conv1`, `${block}.bn1`], [inner, entering, 1, 1]),
      ...convolutionRules([`${block}.conv2`, `${block}.bn2`], [inner, inner, 3, 3]),
      ...convolutionRules([`${block}.conv3`, `${block}.bn3`], [outer, inner, 1, 1]),
      ...(index === 0 && stage.projects ? convolutionRules(shortcut, [outer, entering, 1, 1]) : []),
    ];
  }).flat();
}

/** Every weight of a ResNet of these dimensions. */
export function resnetRules(
  { channels, stem, stages, embedding, biased }: ResnetDimensions,
  prefix: string,
): KeyRule[] {
  const entering = [stem.width, ...stages.map(({ outer }) => outer)];
  return [
    ...convolutionRules([`${prefix}conv1`, `${prefix}bn1`], [stem.width, channels, stem.side, stem.side]),
    ...stages.flatMap((stage, i) => stageRules(`${prefix}layer${STAGES[i]}`, stage, entering[i]!)),
    { key: `${prefix}fc.weight`, shape: [embedding, entering.at(-1)!] },
    ...(biased ? [{ key: `${prefix}fc.bias`, shape: [embedding] }] : []),
  ];
}

/** Elements of the running means and variances among these rules: weights that torch does not count as parameters. */
export function runningStatistics(rules: readonly KeyRule[]): number {
  const running = rules.filter(({ key }) => /\.running_(mean|var)$/.test(String(key)));
  return running.reduce((sum, { shape }) => sum + Number(shape[0]), 0);
}

/** Keys that a checkpoint may hold beside the weights: torch counts the batches that each normalisation saw. */
export function resnetIgnored({ stages }: ResnetDimensions, prefix: string): string[] {
  const inBlocks = stages.flatMap(({ blocks }, i) =>
    Array.from({ length: blocks }, (_, block) =>
      ['bn1', 'bn2', 'bn3', 'downsample.1'].map((name) => `${prefix}layer${STAGES[i]}.${block}.${name}`),
    ).flat(),
  );
  return [`${prefix}bn1`, ...inBlocks].map((name) => `${name}.num_batches_tracked`);
}

function bottleneck(module: Module, x: Value, { stride, projects }: { stride: number; projects: boolean }): Value {
  const { graph } = module;
  const convolve = (input: Value, number: 1 | 2 | 3, sliding: { stride: number; padding: number }) =>
    PaddedConv(graph, input, { ...foldedConvolution(module, [`conv${number}`, `bn${number}`]), ...sliding });
  const narrow = Relu(graph, convolve(x, 1, { stride: 1, padding: 0 }));
  const middle = Relu(graph, convolve(narrow, 2, { stride, padding: 1 }));
  const wide = convolve(middle, 3, { stride: 1, padding: 0 });
  if (!projects) return Relu(graph, Add(graph, wide, x));
  const shortcut = foldedConvolution(module, ['downsample.0', 'downsample.1']);
  return Relu(graph, Add(graph, wide, PaddedConv(graph, x, { ...shortcut, stride, padding: 0 })));
}

function trunk(module: Module, pixels: Value, { stem, stages }: ResnetDimensions): Value {
  const { graph } = module;
  const kernel = foldedConvolution(module, ['conv1', 'bn1']);
  const first = Relu(graph, PaddedConv(graph, pixels, { ...kernel, stride: 2, padding: (stem.side - 1) / 2 }));
  let hidden = MaxPool(graph, first, { side: 3, stride: 2, padding: 1 });
  stages.forEach(({ blocks, projects }, stage) => {
    for (let block = 0; block < blocks; block++)
      hidden = bottleneck(submodule(module, `layer${STAGES[stage]}.${block}`), hidden, {
        stride: stage > 0 && block === 0 ? 2 : 1,
        projects: block === 0 && projects,
      });
  });
  return hidden;
}

export interface ResnetRequest {
  readonly dimensions: ResnetDimensions;
  /** Under the names of `resnetRules`. */
  readonly weights: WeightSource;
  readonly prefix: string;
  /** Height and width of the image in pixels. */
  readonly side: number;
}

/** `pixels` [batch, channels, side, side] float32 to `embedding` [batch, dimension]: the output of `fc`, not normalised. */
export function resnetGraph({ dimensions, weights, prefix, side }: ResnetRequest): Graph {
  const graph = createGraph('resnet');
  const module: Module = { graph, weights, prefix };
  const pixels = addInput(graph, {
    name: 'pixels',
    type: 'float32',
    shape: ['batch', dimensions.channels, side, side],
  });
  const pooled = GlobalAveragePool(graph, trunk(module, pixels, dimensions));
  const flat = Reshape(graph, pooled, [0, dimensions.stages.at(-1)!.outer]);
  const product = MatMul(graph, flat, transposedWeight(graph, weights, `${prefix}fc.weight`));
  const biased = () => Add(graph, product, weight(graph, weights, `${prefix}fc.bias`));
  addOutput(graph, 'embedding', dimensions.biased ? biased() : product);
  return graph;
}
