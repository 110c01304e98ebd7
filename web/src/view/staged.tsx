/* staged.tsx - the files that go with the next message, over the line where one writes: pictures as they
 * are, each with a button that takes it out. What is written in the line goes with the first one. Shown
 * by composer.tsx. */
import { useEffect, useState } from "preact/hooks";
import { composer as words, files as fileWords } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { bytes } from "../text/when.js";
import { Icon, IconButton } from "./icons.js";

interface Props {
  readonly files: readonly File[];
  readonly setFiles: (files: readonly File[]) => void;
}

export function Staged({ files, setFiles }: Props) {
  return (
    <ul class="staged">
      {files.map((file) => (
        <li key={`${file.name}-${file.lastModified}-${file.size}`}>
          <Preview file={file} /><bdi>{cleanName(file.name)}</bdi><small>{bytes(file.size)}</small>
          <IconButton icon="close" label={words.removeFile(cleanName(file.name))} onClick={() => setFiles(files.filter((each) => each !== file))} />
        </li>
      ))}
    </ul>
  );
}

/** What a browser cannot show is a file like any other. */
function Preview({ file }: { readonly file: File }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) return undefined;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url === undefined ? <Icon name="file" />
    : <img class="staged-picture" src={url} alt={fileWords.picture(cleanName(file.name))} onError={() => setUrl(undefined)} />;
}
