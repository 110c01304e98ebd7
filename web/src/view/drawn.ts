/* drawn.ts - which lines of a long list are drawn by now: so many begin to be in the page at once that
 * no frame is long, and the rest follows. Pure. Used by messages.tsx. */

export interface Span {
  readonly from: number;
  readonly to: number; /* behind the last */
}

/** What is drawn next of `count` lines: all of them when few are new; else what was drawn with as many
 * new ones as may be, or the surroundings of `centre`. Nearer the end comes first: there one reads. */
export function nextSpan(count: number, drawn: Span | undefined, centre: number, most: number): Span {
  const { from, to } = drawn ?? { from: centre, to: centre };
  if (count - (to - from) <= most)
    return { from: 0, to: count };
  const below = Math.min(count - to, drawn === undefined && centre < count ? Math.ceil(most / 2) : most);
  const above = Math.min(from, most - below);
  return { from: from - above, to: Math.min(count, to + most - above) };
}
