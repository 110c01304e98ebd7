/* search.tsx - finds messages by words and filters; a result opens in its conversation. */
import { useState } from "preact/hooks";
import { writeQuery } from "../../model/query.js";
import type { Filters } from "../../model/query.js";
import { messageRow } from "../../model/rows.js";
import type { MessageRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Found } from "./found.js";
import { Choice, Dialog, Field, Form, Rows } from "./kit.js";
import { closeScreen } from "./open.js";
import type { RequestOf } from "./open.js";
import { useList } from "./task.js";

const words = screens.search;
const parse = messageRow();
const PAGE = 30;

type Has = NonNullable<Filters["has"]>;

function FilterFields(props: { shared: Shared; filters: Filters; onFilters: (filters: Filters) => void }) {
  const { shared, filters } = props;
  const state = shared.state.value;
  const set = (change: Partial<Filters>): void => props.onFilters({ ...filters, ...change });
  const places = [...state.conversations.values()].map(({ id, title }) => ({ value: id, label: title }));
  return (
    <div class="filters">
      <Field label={words.from} value={filters.from ?? ""} onValue={(from) => set({ from })} list="search-people" placeholder={words.anybody} />
      <datalist id="search-people">
        <option value="me" />
        {[...state.people.keys()].map((name) => <option key={name} value={name} />)}
      </datalist>
      <Choice label={words.in} value={filters.in ?? ""} options={[{ value: "", label: words.anywhere }, ...places]} onValue={(place) => set({ in: place })} />
      <Field label={words.after} type="date" value={filters.after ?? ""} onValue={(after) => set({ after })} />
      <Field label={words.before} type="date" value={filters.before ?? ""} onValue={(before) => set({ before })} />
      <Choice label={words.has} value={filters.has ?? ""} onValue={(has: Has) => set({ has })}
              options={(["", "file", "voice", "link"] as const).map((value) => ({ value, label: words.hasLabels[value] }))} />
    </div>
  );
}

/** What was said around a result, without leaving the list. */
function Context(props: { shared: Shared; row: MessageRow }) {
  const { shared, row } = props;
  const pages = useList(shared.actions, {
    action: "history", fields: [row.conversation], extras: { around: row.seq, limit: 7 },
    parse: (entry) => (entry["kind"] === "edit" || entry["kind"] === "delete" ? undefined : messageRow(row.conversation)(entry)),
  });
  return (
    <div class="context">
      <Rows pages={pages} empty={words.nothing} label={words.context} keyOf={(near) => near.seq}
            row={(near) => <Found shared={shared} row={near} showPlace={false} />} />
    </div>
  );
}

function Result(props: { shared: Shared; row: MessageRow }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Found shared={props.shared} row={props.row} showPlace>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{words.context}</button>
      </Found>
      {open && <Context {...props} />}
    </>
  );
}

export function SearchScreen(props: { shared: Shared; request: RequestOf<"search"> }) {
  const { shared, request } = props;
  const [typed, setTyped] = useState(request.words ?? "");
  const [filters, setFilters] = useState<Filters>({ in: request.conversation });
  const [query, setQuery] = useState(request.words ? writeQuery(request.words, filters) : "");
  const pages = useList(shared.actions, query === "" ? undefined
    : { action: "search", fields: [query], extras: { limit: PAGE }, pageKey: "before", parse });
  const written = writeQuery(typed, filters);
  return (
    <Dialog title={words.title} kind="search" wide onClose={closeScreen}>
      <Form submit={words.find} busy={pages.loading} disabled={written === ""}
            onSubmit={() => { if (written === query) pages.reload(); else setQuery(written); }}>
        <Field label={words.words} type="search" value={typed} onValue={setTyped} hint={words.hint} autoFocus />
        <details class="extra" open={Boolean(request.conversation)}>
          <summary>{words.filters}</summary>
          <FilterFields shared={shared} filters={filters} onFilters={setFilters} />
        </details>
      </Form>
      {query !== "" && (
        <Rows pages={pages} empty={words.nothing} label={words.results} keyOf={(row) => `${row.conversation} ${row.seq}`}
              row={(row) => <Result shared={shared} row={row} />} />
      )}
    </Dialog>
  );
}
