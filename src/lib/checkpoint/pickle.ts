/**
 * A data-only pickle reader: builds plain values and never imports, calls or executes anything. What a pickle wants to
 * call is handed to `hooks`, which know a few constructors by name; everything else becomes an inert `Opaque`.
 * Source: python/cpython:Lib/pickletools.py (opcodes of the protocols 2 to 5).
 */
import { ModelError } from '../../core/errors.ts';
import { isForbidden } from './forbidden.ts';
import { printable } from './printable.ts';

/** A reference to a class or function by name: only a name. */
export class Global {
  readonly module: string;
  readonly attribute: string;

  constructor(module: string, attribute: string) {
    this.module = module;
    this.attribute = attribute;
  }

  get path(): string {
    return `${this.module}.${this.attribute}`;
  }
}

/** A value that this reader does not rebuild; inert, and only fatal where a needed tensor depends on it. */
export class Opaque {
  /** What it is, for messages. */
  readonly what: string;

  constructor(what: string) {
    this.what = printable(what);
  }
}

export interface PickleHooks {
  /** What calling `callable` with `parameters` would give; undefined makes it opaque. */
  construct(callable: Global, parameters: readonly unknown[]): unknown;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** Checkpoints of a thousand tensors take some 30,000; a million empty dictionaries take 260 MB. */
const MAXIMUM_OPERATIONS = 1_000_000;
const MAXIMUM_DEPTH = 100_000;

interface Machine {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly hooks: PickleHooks;
  readonly where: string;
  position: number;
  stack: unknown[];
  /** Stacks below each open mark. */
  readonly marks: unknown[][];
  readonly memo: Map<number, unknown>;
}

/** The bytes end before the pickle does: more of the file may hold the rest. */
export class TruncatedPickle extends ModelError {}

/** @throws ModelError for a damaged pickle, an unsupported opcode, too much of anything, and a forbidden global */
export function readPickle(bytes: Uint8Array, hooks: PickleHooks, where: string): unknown {
  return readFirstPickle(bytes, hooks, where).value;
}

/**
 * The pickle at the beginning of `bytes`, and where it ends: files of several pickles lie one behind the other.
 * @throws TruncatedPickle and ModelError as `readPickle`
 */
export function readFirstPickle(
  bytes: Uint8Array,
  hooks: PickleHooks,
  where: string,
): { readonly value: unknown; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine: Machine = { bytes, view, hooks, where, position: 0, stack: [], marks: [], memo: new Map() };
  for (let operations = 0; operations < MAXIMUM_OPERATIONS; operations++) {
    const opcode = take(machine, 1)[0]!;
    if (opcode === STOP) return { value: pop(machine), end: machine.position };
    const operation = OPERATIONS[opcode];
    if (!operation) throw broken(machine, `a known opcode, got 0x${opcode.toString(16).padStart(2, '0')}`);
    operation(machine);
    if (machine.stack.length > MAXIMUM_DEPTH || machine.marks.length > MAXIMUM_DEPTH)
      throw broken(machine, `at most ${MAXIMUM_DEPTH} values on its stack, got more`);
  }
  throw broken(machine, `at most ${MAXIMUM_OPERATIONS} operations, got more`);
}

const DAMAGED = 'the file is damaged or not a checkpoint: download it again';

function broken(machine: Machine, expectation: string): ModelError {
  return new ModelError(`pickle at byte ${machine.position}, expected ${expectation} (${machine.where})`, DAMAGED);
}

function truncated(machine: Machine, expectation: string): TruncatedPickle {
  const got = 'got the end of the pickle';
  return new TruncatedPickle(
    `pickle at byte ${machine.position}, expected ${expectation}, ${got} (${machine.where})`,
    DAMAGED,
  );
}

function take(machine: Machine, length: number): Uint8Array {
  const end = machine.position + length;
  if (end > machine.bytes.length) throw truncated(machine, `${length} more bytes`);
  const slice = machine.bytes.subarray(machine.position, end);
  machine.position = end;
  return slice;
}

function unsigned(machine: Machine, length: 1 | 2 | 4 | 8): number {
  const at = machine.position;
  take(machine, length);
  if (length === 1) return machine.view.getUint8(at);
  if (length === 2) return machine.view.getUint16(at, true);
  if (length === 4) return machine.view.getUint32(at, true);
  return Number(machine.view.getBigUint64(at, true));
}

function push(machine: Machine, value: unknown): void {
  machine.stack.push(value);
}

function pop(machine: Machine): unknown {
  if (machine.stack.length === 0) throw broken(machine, 'a value on its stack, got none');
  return machine.stack.pop();
}

function top(machine: Machine): unknown {
  if (machine.stack.length === 0) throw broken(machine, 'a value on its stack, got none');
  return machine.stack.at(-1);
}

function mark(machine: Machine): void {
  machine.marks.push(machine.stack);
  machine.stack = [];
}

/** Attributes of an object, such as _metadata of a state dict: dropped. */
function build(machine: Machine): void {
  pop(machine);
  top(machine);
}

function popToMark(machine: Machine): unknown[] {
  const values = machine.stack;
  const below = machine.marks.pop();
  if (!below) throw broken(machine, 'a mark on its stack, got none');
  machine.stack = below;
  return values;
}

function pushText(machine: Machine, length: number, encoding: 'utf-8' | 'latin1'): void {
  const bytes = take(machine, length);
  try {
    push(machine, new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw broken(machine, 'text in UTF-8, got other bytes');
  }
}

/** Little-endian two's complement of at most 255 bytes; a number where it is exact, else a bigint. */
function pushLong(machine: Machine): void {
  const bytes = take(machine, unsigned(machine, 1));
  const hexadecimal = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join('');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hexadecimal || '0'}`));
  push(machine, Number.isSafeInteger(Number(value)) ? Number(value) : value);
}

function line(machine: Machine): string {
  const end = machine.bytes.indexOf(0x0a, machine.position);
  if (end < 0) throw truncated(machine, 'the end of a line');
  const text = new TextDecoder().decode(take(machine, end - machine.position));
  machine.position++;
  return text;
}

function pushGlobal(machine: Machine, module: unknown, attribute: unknown): void {
  if (typeof module !== 'string' || typeof attribute !== 'string')
    throw broken(machine, 'the name of a global, got another value');
  if (isForbidden(module, attribute))
    throw new ModelError(
      `forbidden global ${printable(`${module}.${attribute}`)}, expected weights alone, got a pickle that would run code (${machine.where})`,
      'nothing was executed; do not open this file with PyTorch, and get the weights from their official source',
    );
  push(machine, new Global(module, attribute));
}

function construct(machine: Machine, callable: unknown, parameters: unknown): void {
  const made =
    callable instanceof Global && Array.isArray(parameters) ? machine.hooks.construct(callable, parameters) : undefined;
  const what =
    callable instanceof Global ? callable.path : callable instanceof Opaque ? callable.what : 'a call of a value';
  push(machine, made === undefined ? new Opaque(what) : made);
}

/** Items into the list below them; an opaque object stays as it is. */
function append(machine: Machine, values: readonly unknown[]): void {
  const target = top(machine);
  if (Array.isArray(target)) for (const value of values) target.push(value);
  else if (!(target instanceof Opaque)) throw broken(machine, 'a list to append to, got another value');
}

function setItems(machine: Machine, values: readonly unknown[]): void {
  const target = top(machine);
  if (values.length % 2 !== 0) throw broken(machine, 'pairs of key and value, got an odd number');
  if (!(target instanceof Map)) {
    if (target instanceof Opaque) return;
    throw broken(machine, 'a dictionary to fill, got another value');
  }
  for (let i = 0; i < values.length; i += 2) target.set(values[i], values[i + 1]);
}

function recall(machine: Machine, index: number): void {
  if (!machine.memo.has(index)) throw broken(machine, `a value remembered under ${index}, got none`);
  push(machine, machine.memo.get(index));
}

function popMany(machine: Machine, count: number): unknown[] {
  const values = Array.from({ length: count }, () => pop(machine));
  return values.reverse();
}

const STOP = 0x2e;

/** What each opcode does; an opcode that is missing here is refused. */
const OPERATIONS: Readonly<Record<number, (machine: Machine) => void>> = {
  128: (m) => void take(m, 1), // PROTO
  149: (m) => void take(m, 8), // FRAME
  40: mark, // MARK
  48: (m) => void (m.stack.length > 0 ? pop(m) : popToMark(m)), // POP
  49: (m) => void popToMark(m), // POP_MARK
  50: (m) => push(m, top(m)), // DUP
  78: (m) => push(m, null), // NONE
  136: (m) => push(m, true), // NEWTRUE
  137: (m) => push(m, false), // NEWFALSE
  74: (m) => push(m, unsigned(m, 4) | 0), // BININT
  75: (m) => push(m, unsigned(m, 1)), // BININT1
  77: (m) => push(m, unsigned(m, 2)), // BININT2
  138: pushLong, // LONG1
  71: (m) => push(m, new DataView(take(m, 8).slice().buffer).getFloat64(0)), // BINFLOAT, big endian
  85: (m) => pushText(m, unsigned(m, 1), 'latin1'), // SHORT_BINSTRING
  84: (m) => pushText(m, unsigned(m, 4), 'latin1'), // BINSTRING
  140: (m) => pushText(m, unsigned(m, 1), 'utf-8'), // SHORT_BINUNICODE
  88: (m) => pushText(m, unsigned(m, 4), 'utf-8'), // BINUNICODE
  141: (m) => pushText(m, unsigned(m, 8), 'utf-8'), // BINUNICODE8
  67: (m) => push(m, take(m, unsigned(m, 1))), // SHORT_BINBYTES
  66: (m) => push(m, take(m, unsigned(m, 4))), // BINBYTES
  142: (m) => push(m, take(m, unsigned(m, 8))), // BINBYTES8
  150: (m) => push(m, take(m, unsigned(m, 8))), // BYTEARRAY8
  93: (m) => push(m, []), // EMPTY_LIST
  41: (m) => push(m, []), // EMPTY_TUPLE
  125: (m) => push(m, new Map()), // EMPTY_DICT
  143: (m) => push(m, []), // EMPTY_SET
  116: (m) => push(m, popToMark(m)), // TUPLE
  133: (m) => push(m, popMany(m, 1)), // TUPLE1
  134: (m) => push(m, popMany(m, 2)), // TUPLE2
  135: (m) => push(m, popMany(m, 3)), // TUPLE3
  145: (m) => push(m, popToMark(m)), // FROZENSET
  97: (m) => append(m, popMany(m, 1)), // APPEND
  101: (m) => append(m, popToMark(m)), // APPENDS
  144: (m) => append(m, popToMark(m)), // ADDITEMS
  115: (m) => setItems(m, popMany(m, 2)), // SETITEM
  117: (m) => setItems(m, popToMark(m)), // SETITEMS
  113: (m) => void m.memo.set(unsigned(m, 1), top(m)), // BINPUT
  114: (m) => void m.memo.set(unsigned(m, 4), top(m)), // LONG_BINPUT
  148: (m) => void m.memo.set(m.memo.size, top(m)), // MEMOIZE
  104: (m) => recall(m, unsigned(m, 1)), // BINGET
  106: (m) => recall(m, unsigned(m, 4)), // LONG_BINGET
  99: (m) => pushGlobal(m, line(m), line(m)), // GLOBAL
  147: (m) => pushGlobal(m, ...(popMany(m, 2) as [unknown, unknown])), // STACK_GLOBAL
  82: (m) => construct(m, ...(popMany(m, 2) as [unknown, unknown])), // REDUCE
  129: (m) => construct(m, ...(popMany(m, 2) as [unknown, unknown])), // NEWOBJ
  146: (m) => construct(m, ...(popMany(m, 3).slice(0, 2) as [unknown, unknown])), // NEWOBJ_EX
  98: build, // BUILD
  81: (m) => push(m, m.hooks.persistent(pop(m))), // BINPERSID
};
