/* task.ts - how a screen asks: one thing at a time, with what came of it; and lists by pages.
 * Hooks only; the views of them are in kit.tsx. */
import { signal } from "@preact/signals";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Actions, Answer, Extras, Outcome } from "../../model/actions.js";
import { rowsOf } from "../../model/rows.js";
import type { Refusal } from "../../model/state.js";

/** Is the server there? screens.tsx says so. */
export const linkUp = signal(false);

/** Why it was not done. */
export type Trouble = Refusal | "unreachable";

export interface Task {
  readonly busy: boolean;
  readonly trouble: Trouble | undefined;
  /** The value, or nothing: then `trouble` says why. */
  run<T>(ask: () => Promise<Outcome<T>>): Promise<{ readonly value: T } | undefined>;
  clear(): void;
}

export function troubleOf<T>(outcome: Outcome<T>): Trouble | undefined {
  if (outcome.ok) return undefined;
  return "refusal" in outcome ? outcome.refusal : "unreachable";
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const running = useRef(false);
  const run = useCallback(async <T>(ask: () => Promise<Outcome<T>>) => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setTrouble(undefined);
    const outcome = await ask();
    running.current = false;
    setBusy(false);
    setTrouble(troubleOf(outcome));
    return outcome.ok ? { value: outcome.value } : undefined;
  }, []);
  const clear = useCallback(() => setTrouble(undefined), []);
  return { busy, trouble, run, clear };
}

export interface Pages<T> {
  readonly rows: readonly T[];
  readonly loading: boolean;
  readonly trouble: Trouble | undefined;
  readonly more: boolean;
  loadMore(): void;
  /** Settles when the rows are there. */
  reload(): Promise<void>;
}

export interface ListRequest<T> {
  readonly action: string;
  readonly fields: readonly unknown[];
  readonly extras?: Extras;
  /** The key with which the next page is asked for; none: the list has one page. */
  readonly pageKey?: "after" | "before";
  readonly parse: (entry: Extras) => T | undefined;
}

interface Loaded<T> {
  readonly key: string;
  readonly rows: readonly T[];
  readonly next: number | undefined;
  readonly trouble: Trouble | undefined;
}

/** Loads the list when the request changes, and again when the server is back that was not there;
 * nothing while there is no request. */
export function useList<T>(actions: Actions, request: ListRequest<T> | undefined): Pages<T> {
  const key = request ? JSON.stringify([request.action, request.fields, request.extras]) : "";
  const [loaded, setLoaded] = useState<Loaded<T> | undefined>(undefined);
  const [loading, setLoading] = useState(request !== undefined);
  const current = useRef(0);

  const load = async (page: number | undefined, before: readonly T[]): Promise<void> => {
    if (!request) return;
    const turn = ++current.current;
    setLoading(true);
    const extras = { ...request.extras, ...(page !== undefined && request.pageKey ? { [request.pageKey]: page } : {}) };
    const outcome = await actions.ask(request.action, request.fields, extras);
    if (turn !== current.current) return;
    setLoaded(pageOf(key, outcome, before, request.parse));
    setLoading(false);
  };
  useEffect(() => {
    void load(undefined, []);
    return () => { current.current++; };
  }, [key]);

  const shown = loaded?.key === key ? loaded : undefined;
  const again = linkUp.value && shown?.trouble === "unreachable";
  useEffect(() => { if (again) void load(undefined, []); }, [again]);
  return {
    rows: shown?.rows ?? [], loading: loading && request !== undefined, trouble: shown?.trouble,
    more: shown?.next !== undefined && request?.pageKey !== undefined,
    loadMore: () => void load(shown?.next, shown?.rows ?? []),
    reload: () => load(undefined, []),
  };
}

function pageOf<T>(key: string, outcome: Outcome<Answer>, before: readonly T[],
                   parse: (entry: Extras) => T | undefined): Loaded<T> {
  if (!outcome.ok) return { key, rows: before, next: undefined, trouble: troubleOf(outcome) };
  const next = outcome.value.extras["next"];
  return {
    key, rows: [...before, ...rowsOf(outcome.value.list, parse)],
    next: typeof next === "number" ? next : undefined, trouble: undefined,
  };
}
