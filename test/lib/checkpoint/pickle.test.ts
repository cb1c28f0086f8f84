// The pickle reader on hand-made opcodes: plain values, inert objects, and refusal of everything else.
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { Global, Opaque, type PickleHooks, readPickle } from '../../../src/lib/checkpoint/pickle.ts';
import { pickleOf } from './fixtures.ts';

const calls: string[] = [];
const hooks: PickleHooks = {
  construct: (callable, parameters) => {
    calls.push(callable.path);
    return callable.path === 'known.make' ? { made: parameters } : undefined;
  },
  persistent: (id) => ({ id }),
};

function read(...parts: readonly (string | readonly number[])[]): unknown {
  return readPickle(pickleOf(...parts), hooks, 'x.pt');
}

describe('values', () => {
  test.each<[string, (string | number[])[], unknown]>([
    ['None', ['N'], null],
    ['true', [[0x88]], true],
    ['false', [[0x89]], false],
    ['a byte', ['K', [200]], 200],
    ['two bytes', ['M', [1, 2]], 513],
    ['a negative integer', ['J', [0xff, 0xff, 0xff, 0xff]], -1],
    ['a long', [[0x8a, 2, 0, 0xff]], -256],
    ['an empty long', [[0x8a, 0]], 0],
    ['a long beyond 2^53', [[0x8a, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]], 2n ** 63n - 1n],
    ['a float', ['G', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]], 1.5],
    ['text', ['X', [2, 0, 0, 0], 'hi'], 'hi'],
    ['short text', [[0x8c, 2], 'hi'], 'hi'],
    ['bytes', ['C', [2], 'hi'], Uint8Array.of(104, 105)],
    ['a tuple', ['(', 'K', [1], 'K', [2], 't'], [1, 2]],
    ['tuples of one to three', ['K', [1], [0x85], 'K', [2], [0x86], 'N', 'N', [0x87]], [[[1], 2], null, null]],
    ['a list', [']', '(', 'K', [1], 'K', [2], 'e', 'K', [3], 'a'], [1, 2, 3]],
    [
      'a dictionary',
      ['}', '(', 'K', [1], 'N', 'u', 'K', [2], 'N', 's'],
      new Map([
        [1, null],
        [2, null],
      ]),
    ],
    ['the memo', ['K', [7], 'q', [3], '0', 'h', [3]], 7],
    ['a doubled value', ['K', [7], '2', [0x86]], [7, 7]],
    ['a persistent id', ['K', [7], 'Q'], { id: 7 }],
    ['a known constructor', ['cknown\nmake\n', 'K', [1], [0x85], 'R'], { made: [1] }],
  ])('%s', (_, parts, value) => {
    expect(read(...parts)).toEqual(value);
  });

  test('a global is a name', () => {
    expect(read('ccollections\nOrderedDict\n')).toEqual(new Global('collections', 'OrderedDict'));
  });

  test('what no hook knows is inert: filling and building it changes nothing', () => {
    const value = read('cmy.module\nThing\n', ')', 'R', '(', 'K', [1], 'K', [2], 'u', '}', 'b');
    expect(value).toEqual(new Opaque('my.module.Thing'));
    expect(read('cmy.module\nThing\n', ')', 'R', ')', 'R')).toEqual(new Opaque('my.module.Thing'));
    expect(read('N', ')', 'R')).toEqual(new Opaque('a call of a value'));
  });

  test('keys of a dictionary cannot reach a prototype', () => {
    const value = read('}', [0x8c, 9], '__proto__', '}', [0x8c, 5], 'admin', [0x88], 's', 's');
    expect(value).toBeInstanceOf(Map);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe('forbidden globals end the reading before anything is built', () => {
  test.each([
    'os system',
    'posix system',
    'nt system',
    'subprocess Popen',
    'builtins eval',
    '__builtin__ exec',
    'builtins getattr',
    'builtins __import__',
    'importlib import_module',
    'os.path join',
    'sys modules',
    'runpy _run_code',
    'torch.hub load',
    'operator attrgetter',
    'pickle loads',
    'types CodeType',
  ])('%s', (name) => {
    const [module, attribute] = name.split(' ') as [string, string];
    calls.length = 0;
    expect(() => read(`c${module}\n${attribute}\n`, ')', 'R')).toThrow(`forbidden global ${module}.${attribute}`);
    const stack = [[0x8c, module.length], module, [0x8c, attribute.length], attribute, [0x93]];
    expect(() => read(...stack, ')', 'R')).toThrow(`forbidden global ${module}.${attribute}`);
    expect(calls).toEqual([]);
  });
});

describe('damage', () => {
  test.each<[string, (string | number[])[], string]>([
    ['an unknown opcode', [[0xff]], 'a known opcode, got 0xff'],
    ['the extension registry', [[0x82, 1]], 'a known opcode, got 0x82'],
    ['an empty stack', ['0'], 'a mark'],
    ['nothing to return', [], 'a value on its stack'],
    ['no mark', ['t'], 'a mark'],
    ['too few values', ['N', [0x86]], 'a value on its stack'],
    ['an unknown memo', ['h', [9]], 'remembered under 9'],
    ['an odd dictionary', ['}', '(', 'N', 'u'], 'an odd number'],
    ['a list that is none', ['N', 'N', 'a'], 'a list'],
    ['a dictionary that is none', ['N', 'N', 'N', 's'], 'a dictionary'],
    ['text that is too long', ['X', [0xff, 0xff, 0xff, 0xff], 'hi'], 'more bytes'],
    ['text of 2^63 bytes', [[0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80]], 'more bytes'],
    ['text that is no UTF-8', ['X', [1, 0, 0, 0], [0xff]], 'UTF-8'],
    ['a global without end', ['cmodule'], 'end of a line'],
    ['a global whose name is a number', ['K', [1], 'K', [2], [0x93]], 'name of a global'],
  ])('%s', (_, parts, message) => {
    expect(() => read(...parts)).toThrow(ModelError);
    expect(() => read(...parts)).toThrow(message);
  });

  test('a control character in a name does not reach the message', () => {
    expect(() => read('cos\nsys\u001b[31mtem\n')).toThrow('os.sys?[31mtem');
  });

  test('a pickle without end ends', () => {
    const endless = new Uint8Array(1_500_000).fill(0x4e);
    expect(() => readPickle(endless, hooks, 'x.pt')).toThrow('at most 100000 values');
    for (let i = 1; i < endless.length; i += 2) endless[i] = 0x30;
    expect(() => readPickle(endless, hooks, 'x.pt')).toThrow('at most 1000000 operations');
  });
});
