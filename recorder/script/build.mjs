import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// The script rides on every page, so its size is part of the build's contract,
// in bytes.
const limit = 30_000;

/**
 * What is never reached and the bundler can't know: how rrweb records canvases,
 * fonts and frames of other origins and copies images, more than a tenth of its
 * size, the nodes of its player, and what makes up for browsers of old, such as
 * the Opera that had an engine of its own.
 */
const idle = {
  '@rrweb/record': [
    [
      /^class CanvasManager \{[\s\S]*?^\}$/m,
      'class CanvasManager { reset() {} freeze() {} unfreeze() {} lock() {} unlock() {} }',
    ],
    [/^class CrossOriginIframeMirror \{[\s\S]*?^\}$/m, 'class CrossOriginIframeMirror {}'],
    [/^ {2}handleMessage\(message\) \{[\s\S]*?^\}$/m, 'handleMessage() {}\n}'],
    [/^const jsContent = .*\nconst blob = .*$/m, ''],
    [
      /^ {2}if \(tagName === "canvas" && recordCanvas\) \{[\s\S]*?^ {2}(?=if \(\["audio", "video"\])/m,
      '  ',
    ],
    [/^function initFontObserver\([\s\S]*?^\}$/m, 'function initFontObserver() {}'],
    [/^class BaseRRNode \{[\s\S]*?^\}$/m, 'class BaseRRNode {}'],
    [/^function polyfill\([\s\S]*?^\}$/m, 'function polyfill() {}'],
    [/^function is2DCanvasBlank\([\s\S]*?^\}$/m, ''],
  ],
  '@rrweb/rrweb-plugin-console-record': [[/^ {2}parseOpera: [\s\S]*?^\};$/m, '};']],
};

const withoutIdle = {
  name: 'without-idle',
  setup({ onLoad }) {
    onLoad({ filter: /@rrweb\/.*record\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [pattern, stand] of idle[path.match(/@rrweb\/[^/]*/)[0]] ?? []) {
        if (!pattern.test(contents)) throw new Error(`${path} has no ${pattern} any more`);
        contents = contents.replace(pattern, stand);
      }
      return { contents };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: ['src/main.ts'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  legalComments: 'none',
  outfile: 'dist/record.js',
  write: false,
  plugins: [withoutIdle],
});
const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
if (size > limit) {
  console.error(`dist/record.js is ${size} bytes gzip, more than ${limit}`);
  process.exit(1);
}
mkdirSync('dist', { recursive: true });
writeFileSync('dist/record.js', outputFiles[0].contents);
console.log(`dist/record.js ${size} bytes gzip`);
