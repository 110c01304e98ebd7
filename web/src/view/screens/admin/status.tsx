/* status.tsx - what the server says of itself. */
import { statusRow } from "../../../model/admin_rows.js";
import type { StatusRow } from "../../../model/admin_rows.js";
import { admin } from "../../../text/english_admin.js";
import { cleanName } from "../../../text/safe.js";
import { bytes } from "../../../text/when.js";
import type { Shared } from "../../shared.js";
import { Rows, Time } from "../kit.js";
import { useList } from "../task.js";

const words = admin.status;

/** The name says what is counted. */
function Value({ row }: { readonly row: StatusRow }) {
  if (typeof row.value === "string") return <bdi>{cleanName(row.value)}</bdi>;
  if (row.name === "uptime_s") return <Time at={Date.now() - row.value * 1000} />;
  return <>{row.name.endsWith("_bytes") ? bytes(row.value) : row.value.toLocaleString()}</>;
}

export function Status(props: { shared: Shared }) {
  const pages = useList(props.shared.actions, { action: "server_status", fields: [], parse: statusRow });
  return (
    <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => row.name}
          row={(row) => <div class="row-main"><span class="display">{words.names[row.name] ?? cleanName(row.name)}</span><span><Value row={row} /></span></div>} />
  );
}
