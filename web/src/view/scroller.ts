/* scroller.ts - where the list of messages stands: it stays at the end when it was there, keeps what
 * is read in its place when messages come or go above it, asks for more one screen before an end,
 * and comes back to where it was. All about one scrolling element; what is in it is messages.tsx's.
 *
 * Browsers anchor the view by themselves (overflow-anchor); we only correct what they did not: so a
 * fling is not stopped. They do not anchor at scrollTop 0, which is therefore never left at 0 while
 * there are older messages. */
export interface Ends {
  readonly olderLeft: boolean;
  readonly newerLeft: boolean;
  readonly loading: boolean;
}

export interface Wishes {
  older(): void;
  newer(): void;
  /** The end came into sight or went out of it. */
  atEnd(is: boolean): void;
}

/** A message and where its upper edge stood. */
export interface Anchor {
  readonly key: string;
  readonly top: number;
}

const NEAR = 4; /* px: fractions of a pixel at zoom */

export class Scroller {
  #stuck = true;
  #bound = false; /* for the end, which is not here yet */
  #told = true; /* what atEnd() was told last */
  #anchor: Anchor | undefined;
  #ends: Ends = { olderLeft: false, newerLeft: false, loading: false };
  readonly #observer: ResizeObserver;
  readonly #box: HTMLElement;
  readonly #wishes: Wishes;

  constructor(box: HTMLElement, content: HTMLElement, wishes: Wishes) {
    this.#box = box;
    this.#wishes = wishes;
    this.#observer = new ResizeObserver(() => this.#settle());
    this.#observer.observe(box);
    this.#observer.observe(content);
    box.addEventListener("scroll", this.#scrolled, { passive: true });
  }

  finish(): void {
    this.#observer.disconnect();
    this.#box.removeEventListener("scroll", this.#scrolled);
  }

  get isAtEnd(): boolean { return this.#stuck && !this.#ends.newerLeft; }

  /** After the messages have changed, before the browser paints. */
  changed(ends: Ends, before: Anchor | undefined): void {
    this.#ends = ends;
    if (ends.newerLeft && !ends.loading) this.#bound = false; /* it could not be had */
    if (!this.isAtEnd && !this.#bound && before) this.#correct(before);
    this.#settle();
  }

  toEnd(): void {
    this.#stuck = this.#bound = true;
    this.#settle();
    this.#tellEnd();
  }

  /** The first message that is wholly or partly in sight. Fractions of a pixel that it has moved since
   * the last time do not add up. */
  anchor(): Anchor | undefined {
    const upper = this.#box.getBoundingClientRect().top;
    for (const element of this.#box.querySelectorAll<HTMLElement>("[data-key]")) {
      const place = element.getBoundingClientRect();
      if (place.bottom <= upper) continue;
      const key = element.dataset["key"] ?? "", top = place.top - upper;
      if (this.#anchor?.key !== key || Math.abs(this.#anchor.top - top) >= 1) this.#anchor = { key, top };
      return this.#anchor;
    }
    return undefined;
  }

  /** Puts a message where it stood; false: there is too little around it for that. */
  place(anchor: Anchor): boolean {
    const short = this.#correct(anchor);
    this.#scrolled();
    return Math.abs(short) < 1;
  }

  showMiddle(element: Element): void {
    const place = element.getBoundingClientRect();
    const box = this.#box.getBoundingClientRect();
    this.#box.scrollTop += place.top - box.top - Math.max(0, (box.height - place.height) / 3);
    this.#scrolled();
  }

  find(key: string): HTMLElement | undefined {
    return this.#box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
  }

  /** Gives how far the box could not be scrolled. */
  #correct(anchor: Anchor): number {
    const element = this.find(anchor.key);
    if (!element) return 0;
    const off = element.getBoundingClientRect().top - this.#box.getBoundingClientRect().top - anchor.top;
    if (Math.abs(off) < 0.5) return 0;
    const before = this.#box.scrollTop;
    this.#box.scrollTop += off;
    return before + off - this.#box.scrollTop;
  }

  #settle(): void {
    if (this.isAtEnd) {
      this.#box.scrollTop = this.#box.scrollHeight;
      this.#bound = false;
    }
    this.#lookAtEdges();
  }

  readonly #scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    this.#stuck = this.#bound || scrollHeight - clientHeight - scrollTop <= NEAR;
    this.#tellEnd();
    this.#lookAtEdges();
  };

  #tellEnd(): void {
    if (this.#told === this.isAtEnd) return;
    this.#told = this.isAtEnd;
    this.#wishes.atEnd(this.#told);
  }

  #lookAtEdges(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    if (this.#ends.loading || clientHeight === 0) return;
    if (this.#ends.olderLeft && scrollTop < clientHeight) {
      if (scrollTop === 0) this.#box.scrollTop = 1;
      this.#wishes.older();
    } else if (this.#ends.newerLeft && scrollHeight - clientHeight - scrollTop < clientHeight) this.#wishes.newer();
  }
}

/** Where conversations stood: for coming back, also after a reload of this tab. */
const STORE = "chinwag-places";

export function rememberPlace(conversation: string, anchor: Anchor | undefined): void {
  const places = readPlaces();
  delete places[conversation];
  if (anchor) places[conversation] = [anchor.key, Math.round(anchor.top)];
  const kept = Object.fromEntries(Object.entries(places).slice(-50));
  try {
    sessionStorage.setItem(STORE, JSON.stringify(kept));
  } catch {
    /* a browser that keeps nothing: it opens at the end */
  }
}

export function placeOf(conversation: string): Anchor | undefined {
  const place = readPlaces()[conversation];
  return Array.isArray(place) ? { key: String(place[0]), top: Number(place[1]) || 0 } : undefined;
}

function readPlaces(): { [conversation: string]: unknown } {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "{}") as { [conversation: string]: unknown };
  } catch {
    return {};
  }
}
