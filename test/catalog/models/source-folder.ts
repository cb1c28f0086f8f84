/** Copies of a published folder with something changed, for importers that must notice. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type FolderChange = (folder: string) => Promise<unknown>;

/** @param root folder in which the copy is made */
export async function changedFolder(from: string, root: string, change: FolderChange): Promise<string> {
  const folder = await mkdtemp(join(root, 'source-'));
  for (const file of await readdir(from)) await copyFile(join(from, file), join(folder, file));
  await change(folder);
  return folder;
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON, changed in place
export function edited(file: string, change: (settings: any) => void): FolderChange {
  return async (folder) => {
    const settings = JSON.parse(await readFile(join(folder, file), 'utf8'));
    change(settings);
    await writeFile(join(folder, file), JSON.stringify(settings));
  };
}

export function without(...files: readonly string[]): FolderChange {
  return (folder) => Promise.all(files.map((file) => rm(join(folder, file))));
}
