/* export.tsx - all that is this user's, as a file of JSON lines; and the files by links. */
import { useEffect, useRef, useState } from "preact/hooks";
import { writeArchive } from "../../model/archive.js";
import type { Archive, ArchivedFile } from "../../model/archive.js";
import { screens } from "../../text/english_screens.js";
import { bytes } from "../../text/when.js";
import { cleanName } from "../../text/safe.js";
import type { Shared } from "../shared.js";
import { Form, TroubleLine, useProof } from "./kit.js";
import { useTask } from "./task.js";

const words = screens.export;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

function FileLink(props: { shared: Shared; file: ArchivedFile }) {
  const { file } = props;
  const task = useTask();
  const download = (): void => {
    void task.run(() => props.shared.actions.fileUrl(file.file)).then((url) => {
      if (!url) return;
      const link = document.createElement("a");
      link.href = url.value;
      link.download = "";
      link.click();
    });
  };
  return (
    <div class="row-main">
      <div class="row-text"><bdi class="display">{cleanName(file.name)}</bdi><span class="quiet">{bytes(file.size)}</span><TroubleLine trouble={task.trouble} /></div>
      <button type="button" class="row-action" disabled={task.busy} onClick={download}>{words.download}</button>
    </div>
  );
}

function Ready(props: { shared: Shared; archive: Archive; username: string }) {
  const { archive } = props;
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob(archive.lines.map((line) => `${line}\n`), { type: "application/x-ndjson" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [archive]);
  return (
    <>
      <p role="status">{words.ready(archive.messages)}</p>
      {url && <a class="button primary" href={url} download={`chinwag-${props.username}.jsonl`}>{words.save}</a>}
      {archive.files.length > 0 && <h4>{words.files}</h4>}
      <ul class="rows" aria-label={words.files}>
        {archive.files.map((file) => <li key={file.file} class="row"><FileLink shared={props.shared} file={file} /></li>)}
      </ul>
    </>
  );
}

export function Export(props: { shared: Shared }) {
  const { actions, state } = props.shared;
  const username = state.value.account?.username ?? "";
  const task = useTask();
  const proof = useProof(task.trouble);
  const [count, setCount] = useState<number | undefined>(undefined);
  const [archive, setArchive] = useState<Archive | undefined>(undefined);
  const left = useRef(false);
  useEffect(() => () => { left.current = true; }, []);
  const collect = (): void => {
    void task.run(async () => {
      const allowed = await actions.ask("export", [proof.password], proof.extras);
      if (!allowed.ok) return allowed;
      setCount(0);
      return writeArchive(actions, {
        username, server: location.host, now: Date.now(), pause, progress: setCount, cancelled: () => left.current,
      });
    }).then((made) => {
      setCount(undefined);
      proof.clear();
      if (made) setArchive(made.value as Archive);
    });
  };
  if (archive) return <Ready shared={props.shared} archive={archive} username={username} />;
  return (
    <Form submit={words.collect} busy={task.busy} trouble={task.trouble} disabled={!proof.password} onSubmit={collect}>
      <p class="hint">{words.hint}</p>
      {proof.fields}
      {count !== undefined && <p role="status">{words.progress(count)}</p>}
    </Form>
  );
}
