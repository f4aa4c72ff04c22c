// Builds the stage: one self-contained script that the renderer puts into its
// page. Chrome 120 is the oldest browser that it must run in.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/stage.ts'],
  outdir: 'dist',
  bundle: true,
  format: 'iife',
  target: 'chrome120',
  minify: true,
  legalComments: 'linked',
});
