import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// The script rides on every page, so its size is part of the build's contract.
const limit = 30 * 1024;

const { outputFiles } = await build({
  entryPoints: ['src/main.ts'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  legalComments: 'none',
  outfile: 'dist/record.js',
  write: false,
});
const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
if (size > limit) {
  console.error(`dist/record.js is ${size} bytes gzip, more than ${limit}`);
  process.exit(1);
}
mkdirSync('dist', { recursive: true });
writeFileSync('dist/record.js', outputFiles[0].contents);
console.log(`dist/record.js ${size} bytes gzip`);
