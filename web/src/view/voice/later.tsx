/* later.tsx - a view that comes as a chunk of its own when it is shown first: what few people open
 * should not make the page slower for all. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { voice as words } from "../../text/english.js";

/** Shows nothing until it is there, and says so when it cannot be loaded. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [, again] = useState(0);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (Loaded === undefined)
        load().then((now) => { Loaded = now; again(1); }).catch(() => fail(true));
    }, []);
    if (failed)
      return <p role="alert" class="voice-ring">{words.notLoaded}</p>;
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}
