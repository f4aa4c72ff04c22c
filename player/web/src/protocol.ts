// What the renderer tells the stage to do, and what it hears back.

import type { eventWithTime } from '@rrweb/types';
import type { Note } from './content';
import type { Cursor } from './cursor';
import type { Base } from './replay';

/** One thing to do at time t (ms since the recording's start). */
export type Op = { t: number } & (
  | { e: eventWithTime | string; w: number } // apply the event, or its JSON, of stream w
  | { d: number[] } // nothing more will come of these streams
  | { v: number } // bring stream v into view
  | { h: number; n: number; w: number } // hover node h of stream w; n is the next to come
  | { m: number; w: number } // what is set moving in stream w from now on begins at time m
  | { s: [id: number, x: number, y: number]; w: number } // scroll a node of stream w
  | { f: [x: number, y: number, scale: number] } // place the page in the window
);

export interface Options {
  start: number; // the recording's start, ms since 1970
  redact: string[];
  deadline: number; // longest wait for a page's resources, ms
}

/** What a step tells the renderer, about the state it left behind. */
export interface Result {
  until: number; // something moves until then, ms; -1 for ever
  still?: boolean; // the picture is the last step's
  cursor?: Cursor;
  video?: boolean; // a video is in the page
  joined?: boolean; // one that no frame was drawn of
  bases?: Record<number, Base>; // of hovered nodes inside frames
  inputs?: { id: number; text: boolean; secret: boolean }[];
  clicks?: { t: number; id: number; label: string }[];
  title?: string;
  notes?: Note[];
}
