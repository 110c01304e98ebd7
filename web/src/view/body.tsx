/* body.tsx - the text of a message in the page: the tree of text/markdown.ts as elements. Nothing of
 * a message ever becomes markup, an attribute but href, or an element that loads something. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { message as words } from "../text/english.js";
import { isOnlyEmoji, parse } from "../text/markdown.js";
import type { Block, Inline } from "../text/markdown.js";
import { clean } from "../text/safe.js";
import { memo } from "./memo.js";

const SHOWN = 20_000; /* characters: longer ones are cut in the page, and copied whole */

export const Body = memo(function Body(props: { content: string; me: string }) {
  const text = clean(props.content.length > SHOWN ? `${props.content.slice(0, SHOWN)} …` : props.content);
  if (isOnlyEmoji(text)) return <div class="body body-emoji"><p>{text}</p></div>;
  return <div class="body" dir="auto">{parse(text).map((block) => renderBlock(block, props.me))}</div>;
});

function renderBlock(block: Block, me: string): ComponentChildren {
  switch (block.kind) {
    case "paragraph": return <p>{render(block.inside, me)}</p>;
    case "quote": return <blockquote>{block.inside.map((inner) => renderBlock(inner, me))}</blockquote>;
    case "code": return <Code text={block.text} language={block.language} />;
    case "list": {
      const items = block.items.map((item) => <li>{render(item, me)}</li>);
      return block.ordered ? <ol start={block.first}>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function render(inlines: readonly Inline[], me: string): ComponentChildren {
  return inlines.map((inline) => {
    switch (inline.kind) {
      case "text": return inline.text;
      case "code": return <code>{inline.text}</code>;
      case "bold": return <strong>{render(inline.inside, me)}</strong>;
      case "italic": return <em>{render(inline.inside, me)}</em>;
      case "struck": return <s>{render(inline.inside, me)}</s>;
      case "mention": return <span class={`mention ${isMe(inline.name, me) ? "mention-me" : ""}`}>@<bdi>{inline.name}</bdi></span>;
      case "link": return <Link inline={inline} />;
    }
  });
}

function isMe(name: string, me: string): boolean {
  return name.toLowerCase() === me.toLowerCase() || name === "here";
}

/** A text that the writer chose says where it leads. */
function Link(props: { inline: Extract<Inline, { kind: "link" }> }) {
  const { target, text, own } = props.inline;
  const link = <a href={target.href} target="_blank" rel="noopener noreferrer" referrerpolicy="no-referrer"><bdi>{text}</bdi></a>;
  return own ? <>{link}<span class="link-place"> ({target.place})</span></> : link;
}

function Code(props: { text: string; language: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void copyText(props.text).then((done) => {
      setCopied(done);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  return (
    <div class="code-block" dir="ltr">
      <button type="button" class="code-copy" onClick={copy}>{copied ? words.copied : words.copyCode}</button>
      <pre tabIndex={0}><code>{props.text}</code></pre>
    </div>
  );
}

/** Without HTTPS browsers have no clipboard but the old one. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
