/* settings.tsx - the settings of the server that can be changed while it runs. */
import { useState } from "preact/hooks";
import { settingRow } from "../../../model/admin_rows.js";
import type { SettingRow } from "../../../model/admin_rows.js";
import { admin } from "../../../text/english_admin.js";
import { clean, cleanName } from "../../../text/safe.js";
import type { Shared } from "../../shared.js";
import { useChange } from "../change.js";
import type { Change } from "../change.js";
import { Field, Rows } from "../kit.js";
import { useList } from "../task.js";

const words = admin.settings;

function Setting(props: { setting: SettingRow; change: Change }) {
  const { setting, change } = props;
  const [value, setValue] = useState(setting.value);
  return (
    <form class="joined setting" onSubmit={(event) => { event.preventDefault(); void change.set("set_setting", [setting.name, value.trim()], words.saved(setting.name)); }}>
      <Field label={setting.set ? `${cleanName(setting.name)} (${words.set})` : cleanName(setting.name)} value={value} onValue={setValue} hint={clean(setting.detail)} />
      <button type="submit" disabled={change.busy || value === setting.value}>{words.save}</button>
    </form>
  );
}

export function ServerSettings(props: { shared: Shared }) {
  const pages = useList(props.shared.actions, { action: "server_settings", fields: [""], pageKey: "after", parse: settingRow });
  const change = useChange(props.shared, pages.reload);
  return (
    <>
      <p class="hint">{words.hint}</p>
      {change.lines}
      <Rows pages={pages} empty={words.empty} label={words.label} keyOf={(row) => `${row.name} ${row.value}`} row={(row) => <Setting setting={row} change={change} />} />
    </>
  );
}
