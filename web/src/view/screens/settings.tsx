/* settings.tsx - the screen of what is this user's own: a list of parts, and one of them. */
import { useState } from "preact/hooks";
import { screens } from "../../text/english_screens.js";
import type { Shared } from "../shared.js";
import { Appearance } from "./appearance.js";
import { Blocked } from "./blocked.js";
import { OwnBots } from "./bots.js";
import { DeleteAccount } from "./delete-account.js";
import { Devices } from "./devices.js";
import { Export } from "./export.js";
import { Factor } from "./factor.js";
import { Invitations } from "./invitations.js";
import { Dialog, Parts } from "./kit.js";
import { Notifications } from "./notifications.js";
import { closeScreen } from "./open.js";
import type { RequestOf, SettingsPart } from "./open.js";
import { OwnProfile } from "./own-profile.js";
import { ChangePassword } from "./password.js";

const words = screens.settings;
const PARTS: readonly SettingsPart[] =
  ["profile", "notifications", "appearance", "devices", "factor", "password", "blocked", "invitations", "bots", "export", "delete"];

function PartOfSettings(props: { shared: Shared; part: SettingsPart }) {
  const { shared } = props;
  switch (props.part) {
    case "profile": return <OwnProfile shared={shared} />;
    case "notifications": return <Notifications shared={shared} />;
    case "appearance": return <Appearance />;
    case "devices": return <Devices shared={shared} />;
    case "factor": return <Factor shared={shared} />;
    case "password": return <ChangePassword shared={shared} />;
    case "blocked": return <Blocked shared={shared} />;
    case "invitations": return <Invitations shared={shared} group={undefined} />;
    case "bots": return <OwnBots shared={shared} />;
    case "export": return <Export shared={shared} />;
    case "delete": return <DeleteAccount shared={shared} />;
  }
}

export function SettingsScreen(props: { shared: Shared; request: RequestOf<"settings"> }) {
  const [part, setPart] = useState<SettingsPart | undefined>(props.request.part);
  const shown = part ?? "profile";
  return (
    <Dialog title={words.title} kind="settings" wide onClose={closeScreen}>
      <Parts label={words.title} parts={PARTS.map((id) => ({ id, label: words.parts[id] }))} part={shown} chosen={part !== undefined} onPart={setPart}>
        <PartOfSettings key={shown} shared={props.shared} part={shown} />
      </Parts>
    </Dialog>
  );
}
