/* read.ts - the values of a map that a server has sent, each of the type that it should have: what
 * has another one counts as missing. Called by the model. */
import type { Extras } from "../wire/codec.js";

export function text(map: Extras, key: string): string | undefined {
  const value = map[key];
  return typeof value === "string" ? value : undefined;
}

/** All numbers of the protocol are whole ones. */
export function number(map: Extras, key: string): number | undefined {
  const value = map[key];
  return Number.isSafeInteger(value) && (value as number) >= 0 ? value as number : undefined;
}

export const numberOr0 = (map: Extras, key: string): number => number(map, key) ?? 0;

export const flag = (map: Extras, key: string): boolean => map[key] === 1;

export function list(map: Extras, key: string): readonly Extras[] {
  const value = map[key];
  return Array.isArray(value) ? value.filter((item): item is Extras => typeof item === "object" && item !== null && !Array.isArray(item)) : [];
}

/** `{ [key]: value }`, or nothing when the value is missing: for properties that may be absent. */
export const given = <K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } =>
  value === undefined ? {} : { [key]: value } as { [key in K]?: T };
