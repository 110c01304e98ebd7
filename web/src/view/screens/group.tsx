/* group.tsx - the screen of one group: its members, settings, pins, invitations, bots. */
import { useState } from "preact/hooks";
import { mayModerate } from "../../model/rights.js";
import type { Role } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Bots } from "./bots.js";
import { GroupSettings } from "./group-settings.js";
import { Invitations } from "./invitations.js";
import { Dialog, Parts } from "./kit.js";
import type { Part } from "./kit.js";
import { Members } from "./members.js";
import { closeScreen } from "./open.js";
import type { GroupPart, RequestOf } from "./open.js";
import { Pins } from "./pins.js";

const words = screens.group;

/** What each part of a group's screen is given. */
export interface GroupProps {
  readonly shared: Shared;
  readonly group: string;
  readonly role: Role | undefined;
}

function partsFor(role: Role | undefined): readonly Part<GroupPart>[] {
  const everybody: readonly GroupPart[] = ["members", "settings", "pins"];
  const all: readonly GroupPart[] = mayModerate(role) ? [...everybody, "invitations", "bots"] : everybody;
  return all.map((id) => ({ id, label: words.parts[id] }));
}

function PartOfGroup(props: GroupProps & { part: GroupPart; onPart: (part: GroupPart) => void }) {
  switch (props.part) {
    case "members": return <Members {...props} onInvite={() => props.onPart("invitations")} />;
    case "settings": return <GroupSettings {...props} />;
    case "pins": return <Pins {...props} />;
    case "invitations": return <Invitations shared={props.shared} group={props.group} />;
    case "bots": return <Bots {...props} />;
  }
}

export function GroupScreen(props: { shared: Shared; request: RequestOf<"group"> }) {
  const { shared, request } = props;
  const [part, setPart] = useState<GroupPart | undefined>(request.part);
  const conversation = shared.state.value.conversations.get(`#${request.group}`);
  const role = conversation?.role;
  const shown = part ?? "members";
  return (
    <Dialog title={conversation?.title ?? request.group} kind="group" wide onClose={closeScreen}>
      <Parts label={words.label} parts={partsFor(role)} part={shown} chosen={part !== undefined} onPart={setPart}>
        <PartOfGroup key={shown} shared={shared} group={request.group} role={role} part={shown} onPart={setPart} />
      </Parts>
    </Dialog>
  );
}
