/** Types of the WebAssembly decoders, which come without. Source: the README of cornerstonejs/codecs. */

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  import type { CodecModule } from './dicom-wasm.ts';

  const start: (options: object) => Promise<CodecModule>;
  export default start;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  import type { CodecModule } from './dicom-wasm.ts';

  const start: (options: object) => Promise<CodecModule>;
  export default start;
}
