/* later.tsx - parts that come as chunks of their own: the first usable screen does not wait for what
 * nobody sees at its begin. When it stands and the page is idle, all of them are loaded ahead, so
 * that they are there at once when they are asked for. Styles of these parts are one file
 * (late.css), which comes with the first of them. Views that are late, and app.tsx, use it. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { whenIdle } from "../idle.js";
import { lateScreen as words } from "../text/english.js";

/* The build gives the name; tests bundle the styles otherwise. */
declare const LATE_STYLE: string;

let style: Promise<void> | undefined;

/** Ends when the styles of the late parts hold; without them, too, if they cannot be had. */
export function lateStyle(): Promise<void> {
  if (typeof LATE_STYLE === "undefined") return Promise.resolve();
  return style ??= new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `/${LATE_STYLE}`;
    link.onload = () => done();
    link.onerror = () => { style = undefined; link.remove(); done(); };
    document.head.append(link);
  });
}

const ahead = new Set<() => Promise<unknown>>([lateStyle]);

/** Loads all late parts that are known when the page is idle; what fails is tried again when it is
 * asked for. */
export function loadAhead(...more: readonly (() => Promise<unknown>)[]): void {
  void whenIdle().then(() => { for (const load of [...ahead, ...more]) load().catch(() => undefined); });
}

/** Shows nothing until it is there, and says so when it cannot be loaded. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined;
  const get = async (): Promise<void> => {
    const [View] = await Promise.all([load(), lateStyle()]);
    Loaded = View;
  };
  ahead.add(get);
  return function Later(props: Props) {
    const [, again] = useState(0);
    const [failed, fail] = useState(false);
    const drawn = Loaded !== undefined;
    useEffect(() => {
      if (!drawn) get().then(() => again(1), () => fail(true)); /* it may have come since it was drawn without */
    }, []);
    if (failed) return <p role="alert" class="late-missing">{words.partNotLoaded}</p>;
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}
