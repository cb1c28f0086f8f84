/** One ONNX Runtime session for one graph: pixels or token ids in, embeddings out. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { ModelError } from '../core/errors.ts';

export type Device = 'cpu' | 'cuda';

export interface GraphFile {
  /** Absolute path; external weights lie beside it. */
  readonly path: string;
  /** Name of the input: pixels float32 [batch, channels, height, width], or token ids int64 [batch, contextLength]. */
  readonly input: string;
  /** Name of the output: embeddings float32 [batch, dimension]. */
  readonly output: string;
  /** Name of the attention mask int64 [batch, contextLength], where the graph takes one. */
  readonly mask?: string | undefined;
}

export interface SessionOptions {
  /** Threads that share one run, by default one per core. */
  readonly threads?: number;
  readonly device?: Device;
  /** Idle threads wait actively for the next operator. See docs/measurements/embedding-throughput.md for the default. */
  readonly spinning?: boolean;
  /** False runs the graph as it is written, which is slow: the yardstick of what the runtime makes of it. */
  readonly isOptimized?: boolean;
}

export interface SessionInput {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
  /** 1 where a token counts; only for graphs with a mask. */
  readonly mask?: BigInt64Array | undefined;
}

/** Row-major [rows, dimension]. May hold NaN or infinities: the caller judges each row. */
export interface Embeddings {
  readonly data: Float32Array;
  readonly rows: number;
  readonly dimension: number;
}

export interface Session {
  readonly device: Device;
  readonly threads: number;
  /** Blocks the thread's event loop while it computes. @throws ModelError where the graph refuses the input. */
  run(input: SessionInput): Promise<Embeddings>;
  release(): Promise<void>;
}

const DAMAGED_HINT = 'the file, or its weights beside it, is damaged or incomplete: export or download the model again';
const NAMES_HINT = 'model.json must name inputs and outputs as the graph does';
const SHAPE_HINT = 'model.json must give the sizes that the graph was exported for';

/** @throws ModelError where the graph cannot be loaded, lacks the named input or output, or the device is not available. */
export async function openSession(graph: GraphFile, options: SessionOptions = {}): Promise<Session> {
  const { threads = availableParallelism(), device = 'cpu', spinning = false, isOptimized = true } = options;
  requireDevice(device);
  if (!existsSync(graph.path)) throw new ModelError(`graph file is missing (${graph.path})`, 'import the model again');
  const session = await ort.InferenceSession.create(graph.path, {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    ...(!isOptimized && { graphOptimizationLevel: 'disabled' }),
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
  }).catch((error: Error) => {
    throw new ModelError(`graph cannot be loaded on ${device}, ${firstLine(error)} (${graph.path})`, DAMAGED_HINT);
  });
  try {
    requireNames(session, graph);
  } catch (error) {
    await session.release();
    throw error;
  }
  return { device, threads, run: (input) => run(session, graph, input), release: () => session.release() };
}

interface DeviceState {
  readonly device: Device;
  readonly isAvailable: boolean;
  /** What to do where it is not. */
  readonly remedy: string;
}

/** Which devices this installation can compute on; a CUDA driver that is missing or too old shows only in `openSession`. */
function deviceStates(): readonly DeviceState[] {
  const listed = ort.listSupportedBackends();
  const isBundled = (device: Device) => listed.some(({ name, bundled }) => name === device && bundled);
  const cuda = listed.some(({ name }) => name === 'cuda') && existsSync(cudaLibrary());
  return [
    { device: 'cpu', isAvailable: isBundled('cpu'), remedy: 'install the packages again on a supported platform' },
    {
      device: 'cuda',
      isAvailable: cuda,
      remedy:
        'on Linux with an NVIDIA GPU: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js',
    },
  ];
}

/** Where the runtime's install script puts the CUDA provider. */
function cudaLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch);
  return join(folder, 'libonnxruntime_providers_cuda.so');
}

/**
 * The runtime drops some unknown providers with a warning and computes on the CPU: refused here before it can.
 * @throws ModelError
 */
function requireDevice(device: Device): void {
  const state = deviceStates().find((entry) => entry.device === device);
  if (state?.isAvailable) return;
  throw new ModelError(`device ${device} is not available, expected its runtime library, got none`, state?.remedy);
}

function requireNames(session: ort.InferenceSession, graph: GraphFile): void {
  const inputs = graph.mask === undefined ? [graph.input] : [graph.input, graph.mask];
  const check = (kind: string, expected: readonly string[], got: readonly string[]) => {
    if (expected.every((name) => got.includes(name))) return;
    throw new ModelError(
      `graph lacks an ${kind}, expected ${expected.join(', ')}, got ${got.join(', ')} (${graph.path})`,
      NAMES_HINT,
    );
  };
  check('input', inputs, session.inputNames);
  check('output', [graph.output], session.outputNames);
  const unfed = session.inputNames.filter((name) => !inputs.includes(name));
  if (unfed.length > 0)
    throw new ModelError(`graph has an input nobody feeds, got ${unfed.join(', ')} (${graph.path})`, NAMES_HINT);
}

async function run(session: ort.InferenceSession, graph: GraphFile, input: SessionInput): Promise<Embeddings> {
  const feeds: Record<string, ort.Tensor> = { [graph.input]: tensor(input.data, input.shape) };
  if (graph.mask !== undefined) {
    if (input.mask === undefined) throw new ModelError(`graph wants the mask ${graph.mask}, got none (${graph.path})`);
    feeds[graph.mask] = tensor(input.mask, input.shape);
  }
  const results = await session.run(feeds, [graph.output]).catch((error: Error) => {
    throw new ModelError(`graph refused [${input.shape}], ${firstLine(error)} (${basename(graph.path)})`, SHAPE_HINT);
  });
  const output = results[graph.output]!;
  const [rows, dimension] = output.dims;
  if (output.type !== 'float32' || output.dims.length !== 2 || rows !== input.shape[0]) {
    throw new ModelError(
      `wrong output ${graph.output}, expected float32 [${input.shape[0]}, dimension], got ${output.type} [${output.dims}] (${graph.path})`,
    );
  }
  return { data: output.data as Float32Array, rows: rows!, dimension: dimension! };
}

function tensor(data: Float32Array | BigInt64Array, shape: readonly number[]): ort.Tensor {
  return data instanceof Float32Array ? new ort.Tensor('float32', data, shape) : new ort.Tensor('int64', data, shape);
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0]!.slice(0, 300);
}

/** `auto` is CUDA where its libraries are installed, else the CPU. */
export function resolveDevice(device: 'auto' | Device): Device {
  if (device !== 'auto') return device;
  return deviceStates().some((state) => state.device === 'cuda' && state.isAvailable) ? 'cuda' : 'cpu';
}

/** The devices that this build of the runtime knows, for `doctor`. */
export function supportedDevices(): readonly { readonly name: string; readonly isBundled: boolean }[] {
  return ort.listSupportedBackends().map(({ name, bundled }) => ({ name, isBundled: bundled }));
}
