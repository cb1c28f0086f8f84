/** The effects that plug-ins get: files, PNG encoding, log and progress. */
import sharp from 'sharp';
import type { Context } from '../core/context.ts';
import { nodeFiles } from './files.ts';
import type { Home } from './home.ts';
import { assetsDirectory } from './package-root.ts';

export function createContext(home: Home, report: Pick<Context, 'log' | 'progress'>): Context {
  return {
    files: nodeFiles(),
    cacheDirectory: home.cache,
    assetsDirectory,
    encodePng: (pixels, width, height) =>
      sharp(pixels, { raw: { width, height, channels: 1 } })
        .toColourspace('b-w')
        .png({ compressionLevel: 6 })
        .toBuffer(),
    log: report.log,
    progress: report.progress,
  };
}
