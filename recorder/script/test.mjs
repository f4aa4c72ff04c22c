import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

// Node runs the tests as one bundle each; the folder lies here so that
// imports of packages resolve.
const dir = mkdtempSync('test-');
try {
  await build({
    entryPoints: readdirSync('src')
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join('src', name)),
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: dir,
    outExtension: { '.js': '.mjs' },
  });
  const files = readdirSync(dir).map((name) => join(dir, name));
  const { status } = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(dir, { recursive: true });
}
