/* person.tsx - names and pictures of people and groups: isolated, so that no name turns what stands
 * beside it, and coloured by the name. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Actions } from "../model/actions.js";
import type { Person, State } from "../model/state.js";
import { isGroup } from "../model/sections.js";
import { shell } from "../text/english.js";
import { cleanName, hueOf, initialOf } from "../text/safe.js";
import { Icon } from "./icons.js";
import { whenNear } from "./near.js";

/** How a person is called in the page: by the display name, if there is one. */
export function shownName(people: State["people"], name: string): string {
  return cleanName(people.get(name)?.display || name);
}

/** The display name is not unique, so the name stands in its title. */
export function Name(props: { people: State["people"]; name: string; plain?: boolean }) {
  return <bdi class={props.plain ? "name" : `name hue-${hueOf(props.name)}`} title={cleanName(props.name)}>{shownName(props.people, props.name)}</bdi>;
}

export function Picture(props: { actions: Actions; id: string; person?: Person | undefined; presence?: boolean; speaking?: boolean }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  const own = useRef<HTMLSpanElement>(null);
  const file = props.person?.avatar;
  useEffect(() => {
    setUrl(undefined);
    if (file === undefined) return undefined;
    let wanted = true;
    const end = whenNear(own.current, () => void props.actions.fileUrl(file).then((outcome) => { if (wanted && outcome.ok) setUrl(outcome.value); }));
    return () => {
      wanted = false;
      end();
    };
  }, [file]);
  const presence = props.presence ? props.person?.presence : undefined;
  return (
    <span ref={own} class={`picture ${isGroup(props.id) ? "picture-group" : ""} hue-${hueOf(props.id)} ${props.speaking ? "speaking" : ""}`}>
      {url ? <img src={url} alt="" onError={() => setUrl(undefined)} /> : isGroup(props.id) ? <Icon name="hash" /> : <span aria-hidden="true">{initialOf(props.person?.display || props.id)}</span>}
      {presence && presence !== "unknown" && <span class={`presence presence-${presence}`} role="img" aria-label={shell.presence[presence]} title={shell.presence[presence]} />}
    </span>
  );
}
