/** Scratch folders in the layout of a release, removed after the tests of a file. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { MedvlmError } from '../../src/core/errors.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => void rmSync(folder, { recursive: true, force: true })));

export const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A new folder with these files; `from` names a fixture that is copied first. */
export function scratch(files: Readonly<Record<string, string | Uint8Array>>, from?: string): string {
  const root = mkdtempSync(join(tmpdir(), 'medvlm-release-'));
  folders.push(root);
  if (from !== undefined) cpSync(fixture(from), root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The user error that a promise rejects with. */
export async function userError(promise: Promise<unknown>): Promise<MedvlmError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(MedvlmError);
  return error as MedvlmError;
}
