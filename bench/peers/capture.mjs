// The usual way to make a video of a recorded session: rrweb's Replayer plays
// in a headless shell whose clock is ours, a screenshot is taken at every tick,
// and ffmpeg encodes them all. It prints how long that took:
//
//   node capture.mjs RECORDING OUT.mp4 SECONDS
//
// RECORDING is a JSON array of events, gzipped or not; SECONDS of it, from its
// beginning, are captured. CHROME names the headless shell.

import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';

import { capture, launch } from 'puppeteer-capture';

const WIDTH = 1280;
const HEIGHT = 720;
const FPS = 30;

const PAGE = `<!doctype html><style>
  body { margin: 0; overflow: hidden }
  .replayer-wrapper > iframe { border: 0; display: block }
</style>`;

async function events(path) {
  const data = await readFile(path);
  const zipped = data[0] === 0x1f && data[1] === 0x8b;
  return (zipped ? gunzipSync(data) : data).toString();
}

/** puppeteer-capture takes no program of another name. */
async function headlessShell(dir) {
  const name = join(dir, 'chrome-headless-shell');
  await symlink(process.env.CHROME, name);
  return name;
}

async function play(page, recording) {
  const replay = createRequire(import.meta.url).resolve('@rrweb/replay');
  await page.setContent(PAGE);
  await page.addStyleTag({ path: join(dirname(replay), 'style.min.css') });
  await page.addScriptTag({ path: join(dirname(replay), 'replay.umd.min.cjs') });
  await page.evaluate((text) => {
    globalThis.player = new rrwebReplay.Replayer(JSON.parse(text), {
      root: document.body,
      showWarning: false,
      skipInactive: false,
    });
  }, recording);
}

async function run(recording, out, seconds, dir) {
  const browser = await launch({
    executablePath: await headlessShell(dir),
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-color-profile=srgb'],
    defaultViewport: { width: WIDTH, height: HEIGHT },
  });
  try {
    const page = await browser.newPage();
    const recorder = await capture(page, { fps: FPS, ffmpeg: 'ffmpeg' });
    await play(page, await events(recording));
    await recorder.start(out, { waitForFirstFrame: false });
    await page.evaluate(() => globalThis.player.play());
    await recorder.waitForTimeout(seconds * 1000);
    await recorder.stop();
    return recorder.recordedFrames;
  } finally {
    await browser.close();
  }
}

const [recording, out, length] = process.argv.slice(2);
const began = performance.now();
const dir = await mkdtemp(join(tmpdir(), 'reelay-peer-'));
try {
  const frames = await run(recording, out, Number(length), dir);
  const wall = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ seconds_of_session: frames / FPS, wall_seconds: wall }));
} finally {
  await rm(dir, { recursive: true });
}
