// Protocol Buffers on the wire, against the examples of the specification.
import { expect, test } from 'vitest';
import { bytesField, floatField, integerField, messageField, stringField, varint } from '../../../src/lib/onnx/wire.ts';

const hexadecimal = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// protobuf.dev/programming-guides/encoding: 150, "testing", an embedded message; negative int64 takes ten bytes.
test.each<[string, Uint8Array, string]>([
  ['zero', varint(0), '00'],
  ['one byte', varint(127), '7f'],
  ['two bytes', varint(150), '9601'],
  ['minus one', varint(-1), 'ffffffffffffffffff01'],
  ['2^53', varint(2 ** 53), '8080808080808010'],
  ['the largest uint64', varint(2n ** 64n - 1n), 'ffffffffffffffffff01'],
  ['field 1 = 150', integerField(1, 150), '089601'],
  ['field 2 = "testing"', stringField(2, 'testing'), '120774657374696e67'],
  ['field 3 = { field 1 = 150 }', messageField(3, [integerField(1, 150)]), '1a03089601'],
  ['field 2 = 1.0', floatField(2, 1), '150000803f'],
  ['field 20 = 2', integerField(20, 2), 'a00102'],
  ['text beyond ASCII', stringField(1, 'é'), '0a02c3a9'],
  ['no bytes', bytesField(9, new Uint8Array()), '4a00'],
])('%s', (_, bytes, wanted) => {
  expect(hexadecimal(bytes)).toBe(wanted);
});
