/* query.ts - a query of `search` out of words and filters. Pure; the screen of search uses it.
 * Filters that the user has typed between the words stay as they are: the server judges them. */

export interface Filters {
  readonly from?: string | undefined; /* a name, or "me" */
  readonly in?: string | undefined; /* a conversation */
  readonly after?: string | undefined; /* a day, YYYY-MM-DD */
  readonly before?: string | undefined;
  readonly has?: "file" | "voice" | "link" | "" | undefined;
}

export function writeQuery(words: string, filters: Filters): string {
  const parts = [words.trim()];
  for (const key of ["from", "in", "after", "before", "has"] as const) {
    const value = filters[key]?.trim();
    if (value) parts.push(`${key}:${value}`);
  }
  return parts.filter((part) => part !== "").join(" ");
}
