/* admin.tsx - the page of administrators: a list of parts, and one of them. Each part asks the server
 * for what it shows (docs/protocol.md, from "users" on). */
import { useState } from "preact/hooks";
import { admin as words } from "../../../text/english_admin.js";
import type { Shared } from "../../shared.js";
import { Invitations } from "../invitations.js";
import { Dialog, Parts } from "../kit.js";
import { closeScreen } from "../open.js";
import type { AdminPart, RequestOf } from "../open.js";
import { Announcements } from "./announcements.js";
import { Audit } from "./audit.js";
import { Bans } from "./bans.js";
import { Groups } from "./groups.js";
import { Reports } from "./reports.js";
import { ServerSettings } from "./settings.js";
import { Status } from "./status.js";
import { Users } from "./users.js";

const PARTS: readonly AdminPart[] = ["status", "users", "reports", "bans", "invitations", "groups", "announcements", "settings", "audit"];

export function AdminScreen(props: { shared: Shared; request: RequestOf<"admin"> }) {
  const { shared } = props;
  const [part, setPart] = useState<AdminPart | undefined>(props.request.part);
  const [found, setFound] = useState(""); /* with whom the users begin */
  const shown = part ?? "status";
  const choose = (to: AdminPart | undefined): void => {
    setFound("");
    setPart(to);
  };
  const seeTo = (name: string): void => {
    setFound(name);
    setPart("users");
  };
  return (
    <Dialog title={words.title} kind="admin" wide onClose={closeScreen}>
      <Parts label={words.title} parts={PARTS.map((id) => ({ id, label: words.parts[id] }))} part={shown} chosen={part !== undefined} onPart={choose}>
        {shown === "status" && <Status shared={shared} />}
        {shown === "users" && <Users key={found} shared={shared} find={found} />}
        {shown === "reports" && <Reports shared={shared} onPerson={seeTo} />}
        {shown === "bans" && <Bans shared={shared} />}
        {shown === "invitations" && <Invitations shared={shared} group={undefined} ofAll />}
        {shown === "groups" && <Groups shared={shared} />}
        {shown === "announcements" && <Announcements shared={shared} />}
        {shown === "settings" && <ServerSettings shared={shared} />}
        {shown === "audit" && <Audit shared={shared} />}
      </Parts>
    </Dialog>
  );
}
